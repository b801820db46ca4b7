#pragma once
// What the fact cache keeps: for a tag its digest, for a digest and a repository what may be a signature
// and what became of it with each key. Each entry knows what it weighs, when its facts were had, why the
// last attempt failed, and the look-up that is under way for it. Plain values of fact_cache; loop thread
// only, but for the candidates, which the pool reads.

#include "policy/evidence.h"
#include "server/clock.h"
#include "server/fact_figures.h"
#include "server/fact_flight.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
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
    fact_entry(fact_kind of_kind, std::string with_key, std::string at_host)
        : kind(of_kind), key(std::move(with_key)), host(std::move(at_host)) {}
    fact_entry(const fact_entry&) = delete;
    fact_entry& operator=(const fact_entry&) = delete;
    virtual ~fact_entry() = default;

    /// Bytes of memory that it takes, its place in the table included.
    [[nodiscard]] virtual std::size_t weight() const = 0;

    const fact_kind kind;
    const std::string key;
    const std::string host;                    ///< canonical, of the registry that is asked
    std::optional<remembered_failure> failure; ///< of the last attempt; none where it went well
    std::shared_ptr<fact_flight> under_way;    ///< null where nobody is asking

    // Kept by fact_table.
    bool is_kept = false;
    std::size_t counted_weight = 0;
    std::list<fact_entry*>::iterator place;
};

struct tag_entry final : fact_entry {
    explicit tag_entry(policy::reference of);
    [[nodiscard]] std::size_t weight() const override;
    /// "registry/repository:tag"; a reference without a tag has `latest`.
    [[nodiscard]] static std::string key_of(const policy::reference& image);

    const policy::reference image;
    std::optional<policy::digest> found;
    tick_time found_at{};
};

/// What one key makes of the candidates.
struct key_facts {
    std::vector<policy::verified_signature> verified;
    std::vector<std::string> defects; ///< a line each
};

struct source_entry final : fact_entry {
    using candidates = std::vector<policy::signature_candidate>;

    source_entry(std::string in_repository, policy::digest of);
    [[nodiscard]] std::size_t weight() const override;
    /// "registry/repository@digest".
    [[nodiscard]] static std::string key_of(std::string_view repository, const policy::digest& of);

    const std::string repository;
    const policy::digest image;
    std::shared_ptr<const candidates> raw; ///< null until it could be had once
    tick_time found_at{};
    /// Until when the absence of a signature may be believed.
    tick_time absence_until{};
    std::map<std::string, key_facts, std::less<>> by_key; ///< by public_key::id()
    /// What the look-up under way is to try.
    std::vector<std::shared_ptr<const policy::public_key>> wanted;
};

/// The registry of a canonical registry/repository.
[[nodiscard]] std::string_view host_of(std::string_view repository);

[[nodiscard]] bool same_candidates(
    const source_entry::candidates& a,
    const source_entry::candidates& b
);

} // namespace gatehouse::server
