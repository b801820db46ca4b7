#pragma once
// The securityContext of a pod and of a container, read for decode.h.

#include "policy/pod/json_reader.h"
#include "policy/pod/pod.h"

namespace gatehouse::policy {

[[nodiscard]] pod_security_context read_pod_security(
    json_reader& reader,
    simdjson::dom::element value,
    const json_path& at
);

[[nodiscard]] container_security_context read_container_security(
    json_reader& reader,
    simdjson::dom::element value,
    const json_path& at
);

} // namespace gatehouse::policy
