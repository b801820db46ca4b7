#include "policy/rules/subject.h"

#include "policy/pod/effective.h"

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

const list<container>& containers_of(const pod& subject, element_kind kind) {
    switch (kind) {
    case element_kind::init_container:
        return subject.init_containers;
    case element_kind::ephemeral_container:
        return subject.ephemeral_containers;
    case element_kind::container:
    case element_kind::pod:
    case element_kind::volume:
        break;
    }
    return subject.containers;
}

bool is_unchanged(const pod& subject, const pod& old_pod, element_kind kind, const container& c) {
    const list<container>& before = containers_of(old_pod, kind);
    return std::ranges::any_of(before, [&](const container& old) {
        return old.name == c.name && old.image == c.image
               && same_effective_security(subject, c, old_pod, old);
    });
}

bool is_unchanged(const pod& old_pod, const volume& v) {
    return std::ranges::any_of(old_pod.volumes, [&](const volume& old) {
        return old.name == v.name && old.image_reference == v.image_reference;
    });
}

bool same_pod_fields(const pod& a, const pod& b) {
    return a.security == b.security && a.os_name == b.os_name && a.host_users == b.host_users
           && a.host_network == b.host_network && a.host_pid == b.host_pid
           && a.host_ipc == b.host_ipc && a.service_account_name == b.service_account_name;
}

} // namespace

rule_subject make_rule_subject(
    const request& about,
    judged_parts parts,
    const registry_aliases& aliases
) {
    const pod& subject = *about.object;
    const pod* old_pod = about.old_object;
    rule_subject out;
    out.value = &subject;
    out.namespace_name = about.about.namespace_name;
    out.aliases = &aliases;
    out.pod_changed = old_pod == nullptr || !same_pod_fields(subject, *old_pod);
    const std::size_t count = subject.containers.size() + subject.init_containers.size()
                              + subject.ephemeral_containers.size();
    out.containers.reserve(count);
    for_each_container(subject, [&](const element& where, const container& c) {
        if (old_pod == nullptr || !is_unchanged(subject, *old_pod, where.kind, c)) {
            out.containers.push_back({where, &c});
        }
    });
    if (parts == judged_parts::containers) {
        return out;
    }
    out.images.reserve(out.containers.size());
    for (const judged_container& c : out.containers) {
        out.images.push_back({c.where, c.value->image, read_image(c.value->image, aliases)});
    }
    for_each_image(subject, [&](const element& where, std::string_view image) {
        if (where.kind == element_kind::volume
            && (old_pod == nullptr || !is_unchanged(*old_pod, subject.volumes[where.index]))) {
            out.images.push_back({where, image, read_image(image, aliases)});
        }
    });
    return out;
}

result<reference> read_image(std::string_view text, const registry_aliases& aliases) {
    result<reference> parsed = reference::parse(text);
    if (!parsed || aliases.empty()) {
        return parsed;
    }
    return aliases.fold(std::move(parsed).value());
}

std::string image_field(const element& where) {
    const std::string_view field =
        where.kind == element_kind::volume ? ".image.reference" : ".image";
    return std::string("spec.").append(path_of(where)).append(field);
}

} // namespace gatehouse::policy
