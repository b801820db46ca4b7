#include "policy/request.h"

#include "policy/pod/workload.h"

#include <algorithm>

namespace gatehouse::policy {
namespace {

bool is_pod_kind(const attributes& request) {
    return request.kind == "Pod" && request.kind_group.empty();
}

scope scope_of_pods(const attributes& request) {
    if (request.sub_resource.empty()) {
        return scope::pod;
    }
    if (request.sub_resource == "status") {
        return scope::let_through;
    }
    // Binding, Eviction and the like carry another kind. A subresource that we have never heard of
    // and that carries a Pod, or does not say what it carries, is judged.
    return is_pod_kind(request) || request.kind.empty() ? scope::pod : scope::let_through;
}

scope scope_of_workload(const attributes& request, const workload_kind& workload) {
    if (request.sub_resource.empty()) {
        return scope::workload;
    }
    const bool carries_template = request.sub_resource != "status"
                                  && request.sub_resource != "scale"
                                  && request.kind == workload.kind;
    return carries_template ? scope::workload : scope::let_through;
}

} // namespace

scope scope_of(const attributes& request) noexcept {
    if (request.operation == operation::remove || request.operation == operation::connect) {
        return scope::let_through;
    }
    const group_resource& resource = request.resource;
    if (resource == group_resource{"", "pods"}) {
        return scope_of_pods(request);
    }
    if (const workload_kind* workload = workload_of_resource(resource.group, resource.resource)) {
        return scope_of_workload(request, *workload);
    }
    return scope::let_through;
}

bool is_mirror_pod_of_its_node(const request& subject) noexcept {
    constexpr std::string_view node_user = "system:node:";
    const attributes& about = subject.about;
    const std::string_view node = subject.object->node_name;
    const auto& annotations = subject.object->annotations;
    return about.operation == operation::create && subject.scope == scope::pod
           && about.sub_resource.empty() && !node.empty() && about.user.starts_with(node_user)
           && about.user.substr(node_user.size()) == node
           && std::ranges::find(about.groups, "system:nodes") != about.groups.end()
           && std::ranges::find(annotations, mirror_annotation, &annotation::key)
                  != annotations.end();
}

} // namespace gatehouse::policy
