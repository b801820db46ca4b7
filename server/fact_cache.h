#pragma once
// Facts about images, kept in memory: what digest a tag stands for, which keys signed a digest, who it runs as. One look-up
// a fact however many reviews want it; a review leaves at its deadline and the look-up goes on. Through an
// outage facts serve beyond their time, within stated limits. Decisions are never kept, and what verifies is
// policy/signature/verify.h, in the pool. Loop thread only; stop() before the loop ends.

#include "policy/document/server_configuration.h"
#include "policy/signature/verify.h"
#include "server/conversation_limits.h"
#include "server/cpu_pool.h"
#include "server/fact_table.h"
#include "server/registry/evidence_store.h"
#include "server/user_entry.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace gatehouse::server {

class fact_pursuit;

/// What a reload says of registries: whose facts are worth less than before.
struct registry_changes {
    std::set<std::string, std::less<>> changed; ///< failures and absences are forgotten
    std::set<std::string, std::less<>> removed; ///< everything is
    bool all_changed = false;
};

class fact_cache {
  public:
    /// How long a look-up goes on that no review waits for.
    static constexpr std::chrono::seconds unattended_life{30};
    /// How long the absence of a signature is believed (interface 3).
    static constexpr std::chrono::seconds absence_life{30};
    /// How long a signature that was found serves before the registry is asked again; it cannot become
    /// wrong, but others may have been added.
    static constexpr std::chrono::minutes presence_life{10};
    /// The part of its time after which a fact that is asked for is looked up anew, so that what is asked
    /// for often is never waited for, whatever becomes of its registry.
    static constexpr double renewed_after = 0.75;
    /// How long a look-up may take where an expired fact could serve: a slower registry counts as out.
    static constexpr std::chrono::seconds patience{2};
    /// How long an outage is remembered after the last failure, and how often it is looked at again.
    static constexpr std::chrono::seconds outage_life{30};
    static constexpr std::chrono::seconds outage_probe{3};

    using verifier = std::function<
        policy::
            signature_outcome(const policy::signature_candidate&, const policy::public_key&, const policy::digest&)>;

    /// All of these outlive this. `verify` is called in the pool; `fault` is told of exceptions.
    struct services {
        loop& runs_on;
        cpu_pool& pool;
        const clock& time;
        verifier verify;
        std::function<void(std::string_view)> fault;
    };

    explicit fact_cache(services with);
    fact_cache(const fact_cache&) = delete;
    fact_cache& operator=(const fact_cache&) = delete;
    ~fact_cache();

    /// Asks `store` from now on, by these settings. Look-ups under way end with the store they
    /// began with; what they find of a registry that is changed or removed is not kept.
    void use(
        std::shared_ptr<evidence_store> store,
        const policy::server_configuration& settings,
        const registry_changes& changes
    );

    /// How many images' facts lie ready for the next review; others are opened when they are asked for.
    static constexpr std::size_t most_opened = 512;

    using answer = std::variant<policy::evidence, awaitable<policy::evidence>>;

    /// At once where everything is known; otherwise not later than a tick after the deadline, and what
    /// could not be had by then is a failure. Requires: use() was called.
    [[nodiscard]] answer ask(const std::vector<policy::image_want>& wants, tick_time deadline);
    [[nodiscard]] awaitable<policy::evidence> fetch(
        std::vector<policy::image_want> wants,
        tick_time deadline
    );

    /// Looks at all deadlines; the cache does it by itself while look-ups are under way.
    void sweep();
    /// Ends every look-up, and begins no other.
    void stop();

    [[nodiscard]] fact_figures figures() const;
    [[nodiscard]] std::size_t lookups_under_way() const noexcept { return flying_.size(); }

  private:
    friend class fact_pursuit;
    struct outage {
        tick_time failed{};
        tick_time probed{};
    };

    [[nodiscard]] std::shared_ptr<tag_entry> tag_of(const policy::reference& image);
    [[nodiscard]] std::shared_ptr<source_entry> source_of(
        std::string_view repository,
        const policy::digest& image
    );
    /// Of one that is known.
    [[nodiscard]] std::shared_ptr<const facts_by_key> facts_of(
        const std::shared_ptr<source_entry>& source
    );
    void note_opened(const std::shared_ptr<source_entry>& source);
    [[nodiscard]] std::shared_ptr<platforms_entry> platforms_of(
        std::string_view repository,
        const policy::digest& image
    );
    [[nodiscard]] std::shared_ptr<accounts_entry> accounts_of(
        std::string_view repository,
        const policy::digest& manifest
    );
    void begin(const std::shared_ptr<fact_entry>& of, tick_time deadline, bool must_ask);
    [[nodiscard]] awaitable<void> look_up(
        const std::shared_ptr<fact_entry>& of,
        tick_time deadline,
        bool must_ask
    );
    [[nodiscard]] awaitable<void> look_up_tag(std::shared_ptr<tag_entry> of, tick_time deadline);
    [[nodiscard]] awaitable<void> look_up_signatures(
        std::shared_ptr<source_entry> of,
        tick_time deadline,
        bool must_ask
    );
    [[nodiscard]] awaitable<void> look_up_platforms(
        std::shared_ptr<platforms_entry> of,
        tick_time deadline
    );
    [[nodiscard]] awaitable<void> look_up_accounts(
        std::shared_ptr<accounts_entry> of,
        tick_time deadline
    );
    /// `known` with what the keys that are wanted make of the candidates.
    [[nodiscard]] awaitable<facts_by_key> verify_wanted(
        std::shared_ptr<source_entry> of,
        std::shared_ptr<const source_entry::candidates> all,
        facts_by_key known
    );
    /// The same with candidates that are kept.
    [[nodiscard]] awaitable<void> verify_kept(std::shared_ptr<source_entry> of);
    void end(fact_entry& of, const std::exception_ptr& fault);
    void note_failure(fact_entry& of, policy::fetch_failure why);
    void note_success(fact_entry& of);
    [[nodiscard]] bool is_out(std::string_view host) const;
    [[nodiscard]] bool may_probe(std::string_view host);
    void note_outage(std::string_view host);
    void tick();

    services with_;
    std::shared_ptr<evidence_store> store_;
    policy::cache_settings settings_;
    std::set<std::string, std::less<>> listed_;
    fact_table table_;
    std::list<std::shared_ptr<fact_entry>> flying_;
    std::map<std::string, outage, std::less<>> outages_; ///< by registry
    std::vector<std::weak_ptr<source_entry>> opened_;    ///< a ring
    std::size_t next_opened_ = 0;
    std::string key_; ///< of the entry that is looked for, to save the memory's round trip
    std::array<fact_counts, fact_kind_count> counts_{};
    conversation_limits reading_; ///< of layers
    steady_timer ticker_;
    bool is_ticking_ = false;
    bool is_stopped_ = false;
};

} // namespace gatehouse::server
