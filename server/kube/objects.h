#pragma once
// The few kinds of Kubernetes objects that Gatehouse reads and writes, each by its name, and where an API
// server has them. Pure values.

#include "policy/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::server {

enum class kube_resource : std::uint8_t { secrets, leases, validating_webhook_configurations };

/// The plural, as it stands in addresses, RBAC rules and metrics.
[[nodiscard]] std::string_view name_of(kube_resource which) noexcept;

/// NAMESPACE/NAME of flags.
struct namespaced_name {
    std::string space;
    std::string name;
    bool operator==(const namespaced_name&) const = default;
};

/// RFC 1123: what Kubernetes takes for the name of an object; at most 253 characters.
[[nodiscard]] bool is_object_name(std::string_view text);
/// A label of a name: namespaces and Services; at most 63 characters.
[[nodiscard]] bool is_label_name(std::string_view text);

/// Error: malformed, with words that go behind the text.
[[nodiscard]] policy::result<namespaced_name> parse_namespaced_name(std::string_view text);

struct kube_place {
    kube_resource resource = kube_resource::secrets;
    std::string space; ///< empty for what belongs to no namespace
    std::string name;

    /// "secrets gatehouse-system/gatehouse-certificates", for people.
    [[nodiscard]] std::string text() const;
    /// Of the object itself.
    [[nodiscard]] std::string path() const;
    /// Of a watch of it alone; `from` is a resource version, empty to begin with the object as it is.
    [[nodiscard]] std::string watch_target(std::string_view from, unsigned seconds) const;
};

} // namespace gatehouse::server
