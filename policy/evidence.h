#pragma once
// Facts about images that a decision may rest on, or why they could not be had. Values only: the
// server fetches and keeps them (fact_cache), decide() reads them. A fact that is absent here counts
// as one that could not be had.

#include "policy/image/digest.h"
#include "policy/image/reference.h"
#include "policy/shared_list.h"
#include "policy/signature/candidate.h"
#include "policy/user/image_users.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gatehouse::policy {

enum class failure_cause : std::uint8_t {
    dns,               ///< the name does not resolve, or no name server answers
    connect,           ///< refused, reset, unreachable
    tls_handshake,     ///< no TLS, or it broke off
    bad_certificate,   ///< the peer's certificate is not to be trusted
    unauthorized,      ///< 401
    forbidden,         ///< 403
    not_found,         ///< 404: no such repository, tag or digest
    throttled,         ///< 429
    server_error,      ///< 5xx
    timeout,           ///< a deadline of ours passed
    malformed,         ///< an answer that is not what it claims to be
    too_large,         ///< an answer beyond a limit of ours
    forbidden_address, ///< a private address of a host that the configuration does not list
    too_many_lookups,  ///< our own queue is full
};

inline constexpr std::size_t failure_cause_count =
    static_cast<std::size_t>(failure_cause::too_many_lookups) + 1;

/// The name of a cause as it stands in metrics and audit annotations: "dns", "bad_certificate".
[[nodiscard]] std::string_view name_of(failure_cause cause) noexcept;

/// Causes for which `onRegistryUnavailable: Warn` may hold (interface 2.6): dns, connect,
/// tls_handshake, throttled, server_error, timeout.
[[nodiscard]] bool is_outage(failure_cause cause) noexcept;

struct fetch_failure {
    failure_cause cause = failure_cause::timeout;
    /// What happened, printable and bounded, without credentials; behind "; " what to do, where that is more
    /// than the cause tells: "reg.example answered 401 to the credentials of
    /// /etc/gatehouse/pull/config.json; check that they may pull team/app".
    std::string detail;
    bool host_is_listed = false; ///< in ServerConfiguration's registries
};

/// What to do about it, as it follows from the cause; empty where the detail says so, or where nothing
/// but the registry's content would mend it.
[[nodiscard]] std::string_view advice_for(const fetch_failure& failure) noexcept;

/// "reg.example answered 503; try again": for a message, printable and bounded.
[[nodiscard]] std::string words_of(const fetch_failure& failure);

template <class T>
using fact = std::variant<T, fetch_failure>;

/// One place where signatures of images of one repository may lie, and the keys to try them with.
struct signature_source {
    std::string repository; ///< canonical registry/repository (reference::name) to look in
    std::vector<std::shared_ptr<const public_key>> keys; ///< distinct by id()
};

/// What decide() will need to know of one image.
struct image_want {
    reference image;
    std::vector<signature_source> sources; ///< distinct by repository; empty: the digest alone
    user_want user{};                      ///< nothing of it: the user does not matter
};

/// What lies in one source about one digest.
struct signature_facts {
    std::size_t candidates = 0;               ///< how many signatures of whatever kind lie there
    shared_list<verified_signature> verified; ///< by the keys that were asked for
    shared_list<std::string> defects; ///< why others do not count, a line each, bounded in number
};

/// The users that an image brings along.
struct image_user_facts {
    platform_images platforms;
    /// By number in `platforms`; nothing where they were not wanted or not needed (needs_accounts()).
    std::vector<std::optional<fact<std::shared_ptr<const accounts>>>> accounts_of;
};

struct image_evidence {
    std::string image;                       ///< reference::text() of the want
    fact<digest> resolved = fetch_failure{}; ///< the reference's own digest where it has one
    std::vector<std::pair<std::string, fact<signature_facts>>> sources; ///< by repository
    std::optional<fact<image_user_facts>> users; ///< nothing where they were not wanted
    /// How old the oldest fact is where an outage made an expired one serve; else nothing.
    std::optional<std::chrono::seconds> stale;
};

struct evidence {
    std::vector<image_evidence> images;

    /// Null where nothing is known of it.
    [[nodiscard]] const image_evidence* of(std::string_view image) const noexcept;
};

} // namespace gatehouse::policy
