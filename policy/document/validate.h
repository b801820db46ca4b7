#pragma once
// Sources of policies and configurations mixed, as `gatehouse policy validate` gets them: each document
// is read as what its `kind` says. A server never takes them mixed.

#include "policy/document/document.h"
#include "policy/document/parse.h"

#include <cstddef>
#include <span>
#include <vector>

namespace gatehouse::policy {

struct validated_documents {
    std::vector<policy_document> policies; ///< keys in files not bound yet
    std::size_t configurations = 0;
    std::vector<diagnostic> errors;
    std::vector<diagnostic> warnings;
};

/// A document of another kind, or none, is told as a policy is.
[[nodiscard]] validated_documents validate_documents(std::span<const policy_source> sources);

} // namespace gatehouse::policy
