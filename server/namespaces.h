#pragma once
// Namespace objects of manifests, with their labels: what Pod Security Admission goes by. Pure; the
// text belongs to the result.

#include "policy/checks/labels.h"
#include "policy/result.h"
#include "server/manifest.h"

#include <string>
#include <vector>

namespace gatehouse::server {

struct manifest_namespace {
    std::string name;
    std::vector<policy::label> labels;
};

/// True for core/v1 Namespaces.
[[nodiscard]] bool is_namespace(const manifest_object& object) noexcept;

/// Fails with errc::malformed and the field: a name or labels that the API server would refuse.
/// Requires: is_namespace(object).
[[nodiscard]] policy::result<manifest_namespace> read_namespace(const manifest_object& object);

} // namespace gatehouse::server
