#pragma once
// The API server's defaults that change a verdict (interface 1.1), for objects that have not been
// through one: manifests. A reviewed object already carries them. Pure; all memory is the arena's.
// Standard: kubernetes/pkg/apis/core/v1 defaults of PodSpec; the `serviceAccount` alias is
// decode's.

#include "policy/arena.h"
#include "policy/pod/pod.h"

#include <simdjson.h>

namespace gatehouse::policy {

/// The pod as the API server would store it, as a pod and not as a template:
///   - with hostNetwork every containerPort without a hostPort gets an equal one;
///   - a volume without a source is an emptyDir.
/// Requires: decode_pod made `decoded` from `object`.
[[nodiscard]] const pod& with_server_defaults(
    const pod& decoded,
    simdjson::dom::element object,
    arena& memory
);

} // namespace gatehouse::policy
