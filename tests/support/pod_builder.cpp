#include "tests/support/pod_builder.h"

namespace gatehouse::testing_support {

pod_builder::pod_builder(policy::security_level level) : level_(level) {
    if (level_ == policy::security_level::restricted) {
        pod_.security.run_as_non_root = true;
        pod_.security.seccomp = policy::security_profile{"RuntimeDefault"};
    }
    containers_.push_back(compliant("app"));
}

policy::container pod_builder::compliant(std::string_view name) {
    policy::container out;
    out.name = name;
    out.image = "registry.example/app@sha256:"
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    if (level_ == policy::security_level::restricted) {
        out.security.allow_privilege_escalation = false;
        out.security.capabilities = policy::capabilities{.add = {}, .drop = texts({"ALL"})};
    }
    return out;
}

policy::container& pod_builder::add_container(std::string_view name) {
    return containers_.emplace_back(compliant(name));
}

policy::container& pod_builder::add_init_container(std::string_view name) {
    return init_containers_.emplace_back(compliant(name));
}

policy::container& pod_builder::add_ephemeral_container(std::string_view name) {
    return ephemeral_containers_.emplace_back(compliant(name));
}

policy::volume& pod_builder::add_volume(
    std::string_view name,
    std::initializer_list<std::string_view> sources
) {
    policy::volume& out = volumes_.emplace_back();
    out.name = name;
    out.sources = texts(sources);
    return out;
}

void pod_builder::annotate(std::string_view key, std::string_view value) {
    annotations_.push_back({key, value});
}

const policy::pod& pod_builder::build() {
    pod_.containers = kept(containers_);
    pod_.init_containers = kept(init_containers_);
    pod_.ephemeral_containers = kept(ephemeral_containers_);
    pod_.volumes = kept(volumes_);
    pod_.annotations = kept(annotations_);
    return pod_;
}

} // namespace gatehouse::testing_support
