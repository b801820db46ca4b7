#pragma once
// Policies as files and directories name them (interface 2): read whole, in order, bounded. Used by
// the policy commands, by check (for manifests too) and by the server's reload, which watches
// `paths`. Blocks on the file system; touches nothing but its arguments, so it is safe on any thread.

#include "policy/document/parse.h"
#include "policy/result.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace gatehouse::server {

inline constexpr std::size_t most_policy_file_bytes = std::size_t{4} * 1024 * 1024;
inline constexpr std::size_t most_policy_files = 4096;

struct policy_files {
    /// In the order of the paths asked for, by name within a directory.
    std::vector<policy::policy_source> sources;
    /// Everything that was read or should have been, directories included: what to watch.
    std::vector<std::string> paths;
    /// "PATH: what is wrong"; any means that `sources` is not the whole set.
    std::vector<std::string> errors;
};

/// A directory contributes every *.yaml, *.yml and *.json in it that does not start with `.`, by
/// name, symbolic links followed; it is an error if there is none. Subdirectories are not entered.
[[nodiscard]] policy_files read_policy_files(std::span<const std::string> paths);

/// Paths of the *.yaml, *.yml and *.json files in a directory that do not start with `.`, by name;
/// none at all is errc::not_found. Subdirectories are not entered.
[[nodiscard]] policy::result<std::vector<std::string>> manifest_files_in(
    const std::string& directory
);

/// The whole file as text. Fails with errc::not_found, unauthorized (permission), too_large or
/// unavailable and what is wrong, without the path.
[[nodiscard]] policy::result<std::string> read_text_file(
    const std::string& path,
    std::size_t limit
);

/// The same for standard input, read to its end.
[[nodiscard]] policy::result<std::string> read_standard_input(std::size_t limit);

} // namespace gatehouse::server
