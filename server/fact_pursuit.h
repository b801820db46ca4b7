#pragma once
// What one review wants to know, on its way to an answer: each fact is settled once, from what the cache
// holds or when a look-up ends, and never changes afterwards, so that a tag has one digest in one
// review. Used by fact_cache only; loop thread only.

#include "server/fact_cache.h"

#include <optional>

namespace gatehouse::server {

class fact_pursuit {
  public:
    /// `of` outlives this, and so does `wants` until keep_wants().
    fact_pursuit(fact_cache& of, const std::vector<policy::image_want>& wants, tick_time deadline);
    fact_pursuit(const fact_pursuit&) = delete;
    fact_pursuit& operator=(const fact_pursuit&) = delete;

    /// Settles what can be settled now and has the rest looked up; true where nothing is left.
    [[nodiscard]] bool advance();
    /// To be called before the caller's wants go.
    void keep_wants();
    /// Until advance() may get further. Requires: it returned false.
    [[nodiscard]] awaitable<void> wait();
    /// Requires: advance() returned true.
    [[nodiscard]] policy::evidence take();

  private:
    enum class standing : std::uint8_t { fresh, stale, failed, open };
    /// What is known of the keys that a review asks for in one place.
    struct coverage {
        std::shared_ptr<const facts_by_key> facts; ///< null where nothing could be had yet
        bool has_all = false;                      ///< each key was tried
        bool has_match = false;                    ///< one of them has signed
        bool is_whole = false;                     ///< all of them have
    };
    struct fact_slot {
        std::shared_ptr<fact_entry> entry; ///< null until it is known what to look for
        bool is_settled = false;
        bool has_waited = false;
    };
    /// Of one platform whose accounts are needed.
    struct accounts_slot {
        std::size_t platform = 0;
        fact_slot slot;
    };
    struct image_slot {
        fact_slot tag;
        std::vector<fact_slot> sources;
        fact_slot platforms;
        std::vector<accounts_slot> accounts;
    };

    void advance_image(std::size_t number);
    void advance_source(std::size_t image, std::size_t number);
    void advance_users(std::size_t image);
    void begin_accounts(std::size_t image);
    void advance_accounts(std::size_t image, accounts_slot& one);
    /// Of what is not settled, and what can serve through an outage: has it looked up, or waits for that.
    [[nodiscard]] standing look(fact_slot& slot, bool serves, bool must_ask);
    /// Whether what is fresh is to be looked up anew, as its time is nearly over.
    [[nodiscard]] bool is_to_be_renewed(
        const fact_entry& entry,
        tick_time found_at,
        steady::duration life
    ) const;
    [[nodiscard]] steady::duration presence_life() const;
    [[nodiscard]] coverage coverage_of(
        const std::shared_ptr<source_entry>& entry,
        const policy::signature_source& source
    ) const;
    [[nodiscard]] standing standing_of(const tag_entry& entry) const;
    [[nodiscard]] standing standing_of(const source_entry& entry, const coverage& of) const;
    [[nodiscard]] bool could_serve(const tag_entry& entry) const;
    [[nodiscard]] bool could_serve(const source_entry& entry, const coverage& of) const;
    /// Since this review began.
    [[nodiscard]] bool has_failed_meanwhile(const fact_entry& entry) const;
    [[nodiscard]] standing failed_standing(const fact_entry& entry, bool serves) const;
    [[nodiscard]] bool has_to_ask(const source_entry& entry, const coverage& of) const;
    static void want_keys(
        source_entry& entry,
        const std::vector<std::shared_ptr<const policy::public_key>>& keys
    );
    [[nodiscard]] policy::fetch_failure failure_of(const fact_entry& entry) const;
    void settle(fact_slot& slot, standing how);
    void note_age(policy::image_evidence& of, tick_time found_at) const;

    fact_cache& cache_;
    const std::vector<policy::image_want>* wants_;
    std::vector<policy::image_want> kept_wants_;
    const tick_time begun_;
    const tick_time deadline_;
    tick_time now_;
    bool is_open_ = false;                       ///< something is being looked up
    tick_time patient_until_ = tick_time::max(); ///< where an expired fact could serve for it
    std::vector<image_slot> slots_;
    policy::evidence found_;
    std::optional<fact_waiter> waiter_;
};

} // namespace gatehouse::server
