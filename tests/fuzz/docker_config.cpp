// docker-config files: an entry is for the host that it names, and a refusal shows no secret.
#include "server/registry/credentials.h"
#include "tests/fuzz/fuzz.h"

#include <string>

namespace gatehouse::fuzzing {

void fuzz_docker_config(std::string_view input) {
    const auto parsed = server::parse_docker_config(input, "f");
    if (!parsed) {
        require_message(parsed.error().detail(), 300);
        return;
    }
    require(parsed.value().size() <= 1000, "entries are bounded");
    for (const server::credential& one : parsed.value()) {
        const bool has_token = !one.identity_token.empty() || !one.registry_token.empty();
        require(one.has_password() || has_token, "an entry holds something");
        require(one.hash().size() == 64, "a credential has a hash");
    }
    for (const auto& one : server::matching_credentials(parsed.value(), "reg.example/team/app")) {
        const bool is_glob = one.host.find_first_of("*?") != std::string::npos;
        require(is_glob || one.host.starts_with("reg.example"), "a credential is for its own host");
    }
}

} // namespace gatehouse::fuzzing
