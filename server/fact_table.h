#pragma once
// The entries of the fact cache by key, bounded in bytes: what was not asked for longest goes first. What
// entries can do without has a bound of its own, one in 32, and the oldest of that goes first. What is
// being looked up stays, and whoever holds an entry keeps it alive although the table has let it go. Loop
// thread only.

#include "server/fact_entry.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace gatehouse::server {

class fact_table {
  public:
    static constexpr std::size_t spare_share = 32;

    explicit fact_table(std::size_t most_bytes) : most_bytes_(most_bytes) {}
    fact_table(const fact_table&) = delete;
    fact_table& operator=(const fact_table&) = delete;

    void limit(std::size_t most_bytes);

    /// Null where there is none; else it counts as used. Requires: the key is one of that type's.
    template <class Entry>
    [[nodiscard]] std::shared_ptr<Entry> find(std::string_view key) {
        return std::static_pointer_cast<Entry>(touch(key));
    }
    /// Requires: find() gives nothing for its key.
    void insert(const std::shared_ptr<fact_entry>& entry);
    /// Takes its weight anew after a change, and lets others go where there are too many.
    void weigh(fact_entry& entry);
    /// Lets go every entry of which this says so.
    void drop_if(const std::function<bool(fact_entry&)>& says);

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  private:
    [[nodiscard]] std::shared_ptr<fact_entry> touch(std::string_view key);
    void drop(fact_entry& entry);
    void count(fact_entry& entry);
    void leave_spares(fact_entry& entry);
    void drop_spares();
    void evict();

    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    std::size_t spare_bytes_ = 0;
    std::list<fact_entry*> by_use_; ///< the latest first
    std::list<fact_entry*> spares_; ///< those with a spare part; the latest to have one first
    std::unordered_map<std::string_view, std::shared_ptr<fact_entry>>
        entries_; ///< keys are the entries' own
};

} // namespace gatehouse::server
