#pragma once
// The command line of `gatehouse verify` as a value: cosign's flags as far as they concern keys, and our
// own. Pure but for the declaration.

#include "policy/signature/public_key.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace gatehouse::server {

/// What was typed; absent = not given.
struct verify_flags {
    std::vector<std::string> images;
    std::optional<std::string> key;
    std::optional<std::string> digest_algorithm;
    std::vector<std::string> annotations;
    std::vector<std::string> policies;
    std::string configuration;
    std::string namespace_name = "default";
    std::string output = "json";
    std::string timeout = "3m";
    bool checks_claims = true;
    bool ignores_log = true;
    bool no_difference = false; ///< of flags that say what is done anyway
};

enum class verify_output : std::uint8_t { text, json };

struct verify_options {
    std::vector<std::string> images; ///< as typed
    std::string key_file;            ///< empty: `policies` say who must have signed
    std::optional<policy::hash_algorithm> hash;
    std::vector<std::pair<std::string, std::string>> annotations;
    std::vector<std::string> policies;
    std::string configuration;  ///< empty = none
    std::string namespace_name; ///< for `$(namespace)` in patterns
    verify_output output = verify_output::json;
    std::chrono::nanoseconds timeout{};
};

struct parsed_verify_options {
    verify_options options;
    std::vector<std::string> errors; ///< a line each; any = the options may not be used
};

/// `typed` outlives the parsing. Flags that cosign has and we do not yet are refused by it.
void declare_verify_flags(CLI::App& command, verify_flags& typed);

[[nodiscard]] parsed_verify_options parse_verify_options(const verify_flags& typed);

} // namespace gatehouse::server
