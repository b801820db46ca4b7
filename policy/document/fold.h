#pragma once
// Aliases of registries folded into their hosts throughout a policy (interface 2.2), so that its
// patterns match references that were folded the same way. For whoever puts policies in force beside
// a ServerConfiguration. Pure.

#include "policy/document/document.h"
#include "policy/image/aliases.h"

namespace gatehouse::policy {

/// The policy with every pattern and every repository of signatures folded. Fails with
/// errc::malformed where a repository's name becomes too long, and says which.
[[nodiscard]] result<policy_document> fold(policy_document policy, const registry_aliases& aliases);

} // namespace gatehouse::policy
