#pragma once
// What the fact cache keeps: for a tag its digest, for a digest and a repository what may be a signature
// and what became of it with each key. Each entry knows what it weighs, when its facts were had, why the
// last attempt failed, and the look-up that is under way for it. There are tens of thousands, so that what
// its key says stands nowhere else. Used by fact_cache; loop thread only.

#include "policy/evidence.h"
#include "server/clock.h"
#include "server/fact_figures.h"
#include "server/fact_flight.h"
#include "server/packed_facts.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

/// Why the last attempt failed, and until when nobody tries again.
struct remembered_failure {
    policy::fetch_failure what;
    tick_time at;
    tick_time until;
};

struct fact_entry {
    fact_entry(fact_kind of_kind, std::string with_key) : kind(of_kind), key(std::move(with_key)) {}
    fact_entry(const fact_entry&) = delete;
    fact_entry& operator=(const fact_entry&) = delete;
    virtual ~fact_entry() = default;

    /// Of the registry that is asked; canonical.
    [[nodiscard]] std::string_view host() const noexcept;
    /// Bytes of memory that it takes, its place in the table and its spare part included.
    [[nodiscard]] virtual std::size_t weight() const = 0;
    /// Of that, what it can do without.
    [[nodiscard]] virtual std::size_t spare_weight() const { return 0; }
    virtual void drop_spare() {}

    const fact_kind kind;
    const std::string key;                       ///< begins with registry/repository
    std::unique_ptr<remembered_failure> failure; ///< of the last attempt; none where it went well
    std::shared_ptr<fact_flight> under_way;      ///< null where nobody is asking

    // Kept by fact_table.
    bool is_kept = false;
    bool is_among_spares = false;
    std::size_t counted_weight = 0;
    std::size_t counted_spare = 0;
    std::list<fact_entry*>::iterator place;
    std::list<fact_entry*>::iterator spare_place;
};

struct tag_entry final : fact_entry {
    explicit tag_entry(const policy::reference& of);
    [[nodiscard]] std::size_t weight() const override;
    /// "registry/repository:tag"; a reference without a tag has `latest`.
    static void write_key(std::string& to, const policy::reference& image);
    [[nodiscard]] policy::reference image() const;

    std::optional<policy::digest> found;
    tick_time found_at{};
};

struct source_entry final : fact_entry {
    using candidates = std::vector<policy::signature_candidate>;

    source_entry(std::string_view in_repository, const policy::digest& of);
    [[nodiscard]] std::size_t weight() const override;
    [[nodiscard]] std::size_t spare_weight() const override;
    void drop_spare() override { kept_candidates.reset(); }
    /// "registry/repository@digest".
    static void write_key(std::string& to, std::string_view repository, const policy::digest& of);
    [[nodiscard]] std::string_view repository() const noexcept;
    [[nodiscard]] policy::digest image() const;

    /// Whether the candidates could be had once.
    [[nodiscard]] bool is_known() const noexcept { return mark.has_value(); }
    /// What became of them, to be opened where that was not done lately. Requires: is_known().
    [[nodiscard]] const std::shared_ptr<const facts_by_key>& open();
    [[nodiscard]] bool is_open() const noexcept { return opened_ != nullptr; }
    void close() { opened_.reset(); }
    void learn(std::shared_ptr<const facts_by_key> facts);

    /// By which the same candidates are known again.
    struct candidates_mark {
        std::array<char, 32> hash{}; ///< SHA-256 of them, packed
        std::size_t count = 0;
        bool operator==(const candidates_mark&) const = default;
    };
    [[nodiscard]] static candidates_mark mark_of(std::string_view packed, std::size_t count);

    std::optional<candidates_mark> mark;
    /// Packed, for keys that are not wanted yet; null where they were let go.
    std::shared_ptr<const std::string> kept_candidates;
    tick_time found_at{};
    /// Until when the absence of a signature may be believed.
    tick_time absence_until{};
    /// What the look-up under way is to try.
    std::vector<std::shared_ptr<const policy::public_key>> wanted;

  private:
    std::string packed_facts_;
    std::shared_ptr<const facts_by_key> opened_; ///< null where they are packed only
};

} // namespace gatehouse::server
