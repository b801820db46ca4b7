#pragma once
// ServerConfiguration from checked sections to values. Reports what no single field shows: a name that
// two registries have, plain HTTP where it is not asked for, limits that contradict each other.

#include "policy/document/diagnostics.h"
#include "policy/document/section.h"
#include "policy/document/server_configuration.h"
#include "policy/yaml/tree.h"

#include <optional>

namespace gatehouse::policy {

[[nodiscard]] server_configuration decode_configuration(const section& root);

/// One document, checked and decoded; nothing where it has an error, which is then reported.
[[nodiscard]] std::optional<server_configuration> read_configuration(
    const yaml_document& document,
    diagnostics& to
);

} // namespace gatehouse::policy
