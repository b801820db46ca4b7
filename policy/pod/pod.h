#pragma once
// The pod as rules see it: a plain value of just the fields that some rule reads, whether they came
// from a Pod or from a pod template. Text and lists live in the request's arena (arena.h).
// "Absent" is a missing key or JSON null (pod-security standard: they are the same everywhere).
// Field names and meaning: Kubernetes API reference, core/v1 PodSpec, SecurityContext.

#include "policy/arena.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::policy {

/// On a pod that the kubelet made from a static manifest.
inline constexpr std::string_view mirror_annotation = "kubernetes.io/config.mirror";

/// seLinuxOptions; the level is free by every standard and not kept.
struct se_linux_options {
    std::string_view type;
    std::string_view user;
    std::string_view role;
    bool operator==(const se_linux_options&) const = default;
};

/// seccompProfile or appArmorProfile. A present profile without a type has an empty one.
struct security_profile {
    std::string_view type;
    bool operator==(const security_profile&) const = default;
};

struct windows_options {
    std::optional<bool> host_process;
    std::optional<std::string_view> run_as_user_name;
    bool operator==(const windows_options&) const = default;
};

/// What a pod's and a container's securityContext have in common.
struct security_context {
    std::optional<std::int64_t> run_as_user;
    std::optional<std::int64_t> run_as_group;
    std::optional<bool> run_as_non_root;
    std::optional<se_linux_options> se_linux;
    std::optional<security_profile> seccomp;
    std::optional<security_profile> app_armor;
    std::optional<windows_options> windows;
    bool operator==(const security_context&) const = default;
};

struct pod_security_context : security_context {
    std::optional<std::int64_t> fs_group;
    list<std::int64_t> supplemental_groups;
    std::optional<std::string_view> supplemental_groups_policy;
    list<std::string_view> sysctls; ///< names, in spec order
    bool operator==(const pod_security_context&) const = default;
};

/// A present `capabilities` object; either list may be empty.
struct capabilities {
    list<std::string_view> add;
    list<std::string_view> drop;
    bool operator==(const capabilities&) const = default;
};

struct container_security_context : security_context {
    std::optional<bool> privileged;
    std::optional<bool> allow_privilege_escalation;
    std::optional<std::string_view> proc_mount;
    std::optional<policy::capabilities> capabilities;
    bool operator==(const container_security_context&) const = default;
};

/// A non-empty `host` of a probe's or lifecycle handler's httpGet or tcpSocket.
struct handler_host {
    std::string_view handler; ///< "livenessProbe.httpGet" and the like, a literal: field path below
                              ///< the container
    std::string_view host;
    bool operator==(const handler_host&) const = default;
};

/// One container port, kept only where it asks for a host port.
struct host_port {
    std::uint32_t index = 0; ///< in the container's ports
    std::int64_t port = 0;   ///< never 0
    bool operator==(const host_port&) const = default;
};

struct container {
    std::string_view name;
    std::string_view image; ///< as written; empty where absent
    container_security_context security;
    list<host_port> host_ports;
    list<handler_host> handler_hosts;
    bool operator==(const container&) const = default;
};

struct volume {
    std::string_view name;
    /// Keys of the volume other than its name whose value is not null: normally one source.
    list<std::string_view> sources;
    std::optional<std::string_view>
        image_reference; ///< of an `image` source; empty where absent inside
    bool operator==(const volume&) const = default;
};

/// An annotation that some check reads; others are not kept.
struct annotation {
    std::string_view key;
    std::string_view value;
    bool operator==(const annotation&) const = default;
};

struct pod {
    list<annotation> annotations;
    pod_security_context security;
    bool host_network = false;
    bool host_pid = false;
    bool host_ipc = false;
    std::optional<bool> host_users;
    std::string_view os_name;              ///< spec.os.name; empty where absent
    std::string_view service_account_name; ///< empty where absent; means `default`
    std::string_view node_name;            ///< empty where absent
    /// nodeSelector's kubernetes.io/arch; empty where absent.
    std::string_view architecture;
    list<container> containers;
    list<container> init_containers;
    list<container> ephemeral_containers;
    list<volume> volumes;

    /// Equality of what is judged (interface 2.5): the node makes no difference, nor what selects it, which
    /// an update of a pod can only narrow.
    friend bool operator==(const pod& a, const pod& b);

    [[nodiscard]] bool is_windows() const noexcept { return os_name == "windows"; }
};

inline bool operator==(const pod& a, const pod& b) {
    return a.annotations == b.annotations && a.security == b.security
           && a.host_network == b.host_network && a.host_pid == b.host_pid
           && a.host_ipc == b.host_ipc && a.host_users == b.host_users && a.os_name == b.os_name
           && a.service_account_name == b.service_account_name && a.containers == b.containers
           && a.init_containers == b.init_containers
           && a.ephemeral_containers == b.ephemeral_containers && a.volumes == b.volumes;
}

} // namespace gatehouse::policy
