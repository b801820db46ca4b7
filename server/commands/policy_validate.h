#pragma once
// `gatehouse policy validate PATH...`: every error of every file at once, as compilers print them.
// Exit status 0 where all is well, 2 where anything is wrong or cannot be read.

#include <span>
#include <string>

namespace CLI {
class App;
}

namespace gatehouse::server {

void add_policy_validate(CLI::App& policy, int& status);

/// What one run says and how it ends.
struct validation_report {
    std::string output;   ///< for stdout
    std::string messages; ///< for stderr
    int status = 0;
};

enum class output_format { text, json };

[[nodiscard]] validation_report validate_policies(
    std::span<const std::string> paths,
    output_format format
);

} // namespace gatehouse::server
