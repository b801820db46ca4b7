#pragma once
// What a registry asks for in WWW-Authenticate: a list of challenges in one header or in several (RFC 9110,
// 11.3 and 11.6.1; realm, service and scope of Bearer as registries use them). Reads what is well formed and
// leaves out the rest; nothing here is trusted. Pure.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::server {

struct challenge {
    std::string scheme; ///< in lower case: "bearer", "basic"
    std::vector<std::pair<std::string, std::string>> parameters; ///< names in lower case

    /// Empty where there is none.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;
};

/// The challenges of one header's value, in order: at most 16 with 32 parameters each, of at most 16 KiB.
/// Stops at the first thing that is no challenge.
[[nodiscard]] std::vector<challenge> parse_challenges(std::string_view value);

/// The scopes to ask a token for: those of the challenge that name a repository, with the one action
/// "pull" (Huawei's SWR names none), at most 4; the repository's own where it names none.
[[nodiscard]] std::vector<std::string> pull_scopes(
    std::string_view challenged,
    std::string_view repository
);

} // namespace gatehouse::server
