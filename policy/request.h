#pragma once
// What rules may know of an admission request, and which of it is judged at all (interface 2.5).
// Text and pods live in the request's arena.

#include "policy/arena.h"
#include "policy/pod/pod.h"

#include <cstdint>
#include <string_view>

namespace gatehouse::policy {

enum class operation : std::uint8_t { create, update, remove, connect };

struct group_resource {
    std::string_view group;
    std::string_view resource;
    bool operator==(const group_resource&) const = default;
};

/// The envelope of a request, without its objects.
struct attributes {
    std::string_view uid;
    policy::operation operation = operation::create;
    group_resource resource;
    std::string_view sub_resource; ///< empty where there is none
    std::string_view kind_group;
    std::string_view kind;
    std::string_view name;           ///< of the request; may be empty
    std::string_view namespace_name; ///< of the request: the one that counts
    std::string_view user;
    list<std::string_view> groups;
};

/// What is to be done with a request before any policy is asked.
enum class scope : std::uint8_t {
    pod,         ///< the object is a Pod
    workload,    ///< the object holds a pod template
    let_through, ///< always allowed: DELETE, CONNECT, status, scale, other kinds
};

[[nodiscard]] scope scope_of(const attributes& request) noexcept;

/// A request that is to be judged.
struct request {
    attributes about;
    policy::scope scope = scope::pod;
    std::string_view object_kind; ///< "Pod", "Deployment": what messages call it
    std::string_view object_name; ///< the request's name, else the object's, else its generateName
    std::string_view path;        ///< of the pod below the object: "", "spec.template.", ...
    const pod* object = nullptr;
    const pod* old_object = nullptr; ///< null: nothing to compare with, everything is judged
    bool has_controller = false;     ///< a workload that another object controls
};

/// A static pod shown by its own node: annotation `kubernetes.io/config.mirror`, created by
/// `system:node:` + nodeName, group `system:nodes`. Denying it would only hide a pod that runs
/// anyway. Requires: subject.object is set.
[[nodiscard]] bool is_mirror_pod_of_its_node(const request& subject) noexcept;

} // namespace gatehouse::policy
