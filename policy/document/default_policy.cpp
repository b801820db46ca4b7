// The policy that holds where nobody wrote one (interface 2.7), as text that people start from.
#include "policy/document/parse.h"

namespace gatehouse::policy {

std::string_view default_policy_text() noexcept {
    return R"(# The policy that Gatehouse enforces where none is given. Save it, change it, and check the result
# with `gatehouse policy validate FILE`.
apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: default
spec:
  # What findings do: Deny refuses the request, Warn tells who sent it, Audit writes the audit log.
  # [Warn, Audit] shows what would be refused and breaks nothing.
  validationActions: [Deny]

  # Pod templates of Deployments, Jobs and the like: a warning when they are applied; their pods are
  # judged when they are made. Deny refuses the workload itself, Ignore leaves it alone.
  workloads: Warn

  # Everywhere but in the namespaces of the cluster itself.
  match:
    excludeNamespaces:
    - kube-system
    - kube-public
    - kube-node-lease

  # The Pod Security Standards: restricted is the strictest level. `latest` follows Gatehouse's own
  # releases; pin a version such as v1.34 to decide yourself when it moves.
  podSecurity:
    level: restricted
    version: latest

  images:
    # `latest`, and no tag at all, say nothing about what will run.
    denyTags:
    - latest

    # Only these registries; `**` stands for everything below.
    # allow:
    # - registry.example.com/**
)";
}

} // namespace gatehouse::policy
