#pragma once
// Keys that policies name by file: which files to read, and their bytes to keys. The caller reads the
// files, each once, so nothing here waits; a policy judges only once every key of it is bound. Pure.

#include "policy/document/document.h"
#include "policy/document/parse.h"
#include "policy/result.h"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace gatehouse::policy {

/// More than any key takes; a file beyond it is errc::too_large to whoever reads it.
inline constexpr std::size_t most_key_file_bytes = std::size_t{64} * 1024;

/// The distinct paths, in the order of the policies.
[[nodiscard]] std::vector<std::string> key_files(std::span<const policy_document> policies);

/// Path to bytes, or why they could not be read, in words that follow the path.
using key_file_contents = std::map<std::string, result<std::string>, std::less<>>;

struct key_binding {
    std::vector<diagnostic> unreadable; ///< files that were not read; their keys are not bound
    std::vector<diagnostic> errors;     ///< files that hold no key that would do
    [[nodiscard]] bool is_complete() const noexcept { return unreadable.empty() && errors.empty(); }
};

/// Sets signing_key::key wherever a file is named, and says at the policy's own line and column why
/// one could not be set. Policies may be used only where the answer is complete.
[[nodiscard]] key_binding bind_keys(
    std::span<policy_document> policies,
    const key_file_contents& files
);

/// Keys that two authorities of the entry have in common: one signer would count as two. Looks at
/// bound keys only; told at the second place.
[[nodiscard]] std::vector<diagnostic> shared_keys(const signature_entry& entry);

} // namespace gatehouse::policy
