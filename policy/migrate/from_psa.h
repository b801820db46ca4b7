#pragma once
// From the Pod Security labels of namespaces to policies that do the same: whom the labels would
// refuse is refused, whom they would warn is warned, what they would log is logged. For `gatehouse
// policy from-psa` and `gatehouse check --namespace-labels`. Pure; safe from any thread.

#include "policy/checks/labels.h"
#include "policy/document/document.h"

#include <span>
#include <string>
#include <vector>

namespace gatehouse::policy {

/// A namespace and what its labels ask for.
struct labelled_namespace {
    std::string name;
    namespace_levels levels;
};

/// One policy for everything that several namespaces ask for alike, in order of need; none for what
/// is privileged. Names tell level, version and effects: `psa-baseline-v1.29-deny-warn` refuses
/// pods and warns of pod templates. Requires: valid, different names of namespaces.
[[nodiscard]] std::vector<policy_document> policies_from_labels(
    std::span<const labelled_namespace> namespaces
);

} // namespace gatehouse::policy
