#pragma once
// Walks what a pod is made of, so that no rule can forget a list. Order is PSA's: init containers,
// containers, ephemeral containers; image volumes come behind them.

#include "policy/pod/pod.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::policy {

enum class element_kind : std::uint8_t {
    pod,
    init_container,
    container,
    ephemeral_container,
    volume
};

/// A part of a pod that a finding is about: the pod itself, a container, or a volume.
struct element {
    element_kind kind = element_kind::pod;
    std::size_t index = 0; ///< in its list
    std::string_view name; ///< empty for the pod
};

/// The words of a message: "container", "init container", "ephemeral container", "volume", "pod".
[[nodiscard]] std::string_view noun_of(element_kind kind) noexcept;

/// "containers[0]", "volumes[2]"; empty for the pod: below the pod's `spec`.
[[nodiscard]] std::string path_of(const element& where);

/// Calls visit(element, const container&) for every container of every list.
template <class Visit>
void for_each_container(const pod& subject, Visit&& visit) {
    const auto walk = [&](const list<container>& containers, element_kind kind) {
        for (std::size_t i = 0; i < containers.size(); ++i) {
            visit(element{kind, i, containers[i].name}, containers[i]);
        }
    };
    walk(subject.init_containers, element_kind::init_container);
    walk(subject.containers, element_kind::container);
    walk(subject.ephemeral_containers, element_kind::ephemeral_container);
}

/// Calls visit(element, const security_context&) for the pod's own, then for every container's.
template <class Visit>
void for_each_security_context(const pod& subject, Visit&& visit) {
    visit(element{}, static_cast<const security_context&>(subject.security));
    for_each_container(subject, [&](const element& where, const container& c) {
        visit(where, static_cast<const security_context&>(c.security));
    });
}

/// Calls visit(element, std::string_view image) for every image: containers, then image volumes.
template <class Visit>
void for_each_image(const pod& subject, Visit&& visit) {
    for_each_container(subject, [&](const element& where, const container& c) {
        visit(where, c.image);
    });
    for (std::size_t i = 0; i < subject.volumes.size(); ++i) {
        const volume& v = subject.volumes[i];
        if (v.image_reference) {
            visit(element{element_kind::volume, i, v.name}, *v.image_reference);
        }
    }
}

} // namespace gatehouse::policy
