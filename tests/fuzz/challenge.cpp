// WWW-Authenticate, and where a registry may send us: what is read is bounded and cannot break a header.
#include "server/registry/challenge.h"

#include "server/registry/url.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>

namespace gatehouse::fuzzing {
namespace {

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

} // namespace

void fuzz_challenge(std::string_view input) {
    const server::url base = server::parse_url("https://reg.example:5000/v2").value();
    const auto found = server::parse_challenges(input);
    require(found.size() <= 16, "challenges are bounded");
    for (const server::challenge& one : found) {
        require(!one.scheme.empty(), "a challenge has a scheme");
        require(one.parameters.size() <= 32, "parameters are bounded");
        const auto realm = server::resolve_url(base, one.parameter("realm"));
        if (realm) {
            require(!realm.value().host.empty(), "an address has a host");
            require(realm.value().port != 0, "an address has a port");
            require(realm.value().target.front() == '/', "a target is a path");
            require(std::ranges::all_of(realm.value().target, is_visible), "a target is one word");
        } else {
            require_message(realm.error().detail(), 240);
        }
        const auto scopes = server::pull_scopes(one.parameter("scope"), "team/app");
        require(!scopes.empty() && scopes.size() <= 4, "there is a scope, and not many");
        for (const std::string& scope : scopes) {
            require(scope.ends_with(":pull"), "a scope is to pull");
        }
    }
}

} // namespace gatehouse::fuzzing
