#include "server/kube/objects.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::server {
namespace {

std::string_view group_of(kube_resource which) {
    switch (which) {
    case kube_resource::secrets:
        return "/api/v1";
    case kube_resource::leases:
        return "/apis/coordination.k8s.io/v1";
    case kube_resource::validating_webhook_configurations:
        return "/apis/admissionregistration.k8s.io/v1";
    }
    return {};
}

std::string collection_of(const kube_place& place) {
    return place.space.empty()
               ? fmt::format("{}/{}", group_of(place.resource), name_of(place.resource))
               : fmt::format(
                   "{}/namespaces/{}/{}",
                   group_of(place.resource),
                   place.space,
                   name_of(place.resource)
               );
}

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

} // namespace

std::string_view name_of(kube_resource which) noexcept {
    switch (which) {
    case kube_resource::secrets:
        return "secrets";
    case kube_resource::leases:
        return "leases";
    case kube_resource::validating_webhook_configurations:
        return "validatingwebhookconfigurations";
    }
    return "other";
}

bool is_label_name(std::string_view text) {
    return !text.empty() && text.size() <= 63 && is_alphanumeric(text.front())
           && is_alphanumeric(text.back())
           && std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_object_name(std::string_view text) {
    if (text.empty() || text.size() > 253) {
        return false;
    }
    while (true) {
        const std::size_t dot = text.find('.');
        const std::string_view part = text.substr(0, dot);
        const bool is_good =
            !part.empty() && is_alphanumeric(part.front()) && is_alphanumeric(part.back())
            && std::ranges::all_of(part, [](char c) { return is_alphanumeric(c) || c == '-'; });
        if (!is_good || dot == std::string_view::npos) {
            return is_good;
        }
        text.remove_prefix(dot + 1);
    }
}

policy::result<namespaced_name> parse_namespaced_name(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || !is_label_name(text.substr(0, slash))
        || !is_object_name(text.substr(slash + 1))) {
        return policy::error(
            policy::errc::malformed, "is not NAMESPACE/NAME, such as gatehouse-system/gatehouse"
        );
    }
    return namespaced_name{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

std::string kube_place::text() const {
    return space.empty() ? fmt::format("{} {}", name_of(resource), name)
                         : fmt::format("{} {}/{}", name_of(resource), space, name);
}

std::string kube_place::path() const { return fmt::format("{}/{}", collection_of(*this), name); }

std::string kube_place::watch_target(std::string_view from, unsigned seconds) const {
    std::string target = fmt::format(
        "{}?watch=true&allowWatchBookmarks=true&fieldSelector=metadata.name%3D{}&timeoutSeconds={}",
        collection_of(*this),
        name,
        seconds
    );
    if (!from.empty()) {
        target += fmt::format("&resourceVersion={}", from);
    }
    return target;
}

} // namespace gatehouse::server
