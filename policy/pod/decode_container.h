#pragma once
// One container of any list, read for decode.h.

#include "policy/pod/json_reader.h"
#include "policy/pod/pod.h"

namespace gatehouse::policy {

[[nodiscard]] container read_container(
    json_reader& reader,
    simdjson::dom::element value,
    const json_path& at
);

} // namespace gatehouse::policy
