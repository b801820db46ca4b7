#pragma once
// The API server's defaults that change a verdict (interface 1.1), for objects that have not been
// through one: manifests. A reviewed object already carries them. Pure; all memory is the arena's.
// Standard: kubernetes/pkg/apis/core/v1 defaults of PodSpec; the `serviceAccount` alias is
// decode's.

#include "policy/arena.h"
#include "policy/pod/pod.h"

#include <simdjson.h>

#include <cstdint>

namespace gatehouse::policy {

/// Whether the API server defaults it as a Pod or inside a workload.
enum class defaulted_as : std::uint8_t { pod, pod_template };

/// The pod as the API server would store it:
///   - a volume without a source is an emptyDir;
///   - with hostNetwork every containerPort without a hostPort gets an equal one, in pods only.
/// Requires: decode_pod made `decoded` from `object`.
[[nodiscard]] const pod& with_server_defaults(
    const pod& decoded,
    simdjson::dom::element object,
    defaulted_as what,
    arena& memory
);

} // namespace gatehouse::policy
