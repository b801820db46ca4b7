#include "policy/pod/effective.h"

namespace gatehouse::policy {
namespace {

const std::optional<std::string_view>& user_name(const std::optional<windows_options>& options) {
    static const std::optional<std::string_view> none;
    return options ? options->run_as_user_name : none;
}

std::optional<bool> host_process(const std::optional<windows_options>& options) {
    return options ? options->host_process : std::nullopt;
}

template <class T>
bool same(
    const std::optional<T>& a,
    const std::optional<T>& pod_a,
    const std::optional<T>& b,
    const std::optional<T>& pod_b
) {
    return effective(a, pod_a).value == effective(b, pod_b).value;
}

} // namespace

effective_value<std::string_view> effective_run_as_user_name(
    const pod& subject,
    const container& c
) {
    return effective(user_name(c.security.windows), user_name(subject.security.windows));
}

bool same_effective_security(
    const pod& pod_a,
    const container& a,
    const pod& pod_b,
    const container& b
) {
    const container_security_context& x = a.security;
    const container_security_context& y = b.security;
    const pod_security_context& p = pod_a.security;
    const pod_security_context& q = pod_b.security;
    return pod_a.os_name == pod_b.os_name && pod_a.host_users == pod_b.host_users
           && x.privileged == y.privileged
           && x.allow_privilege_escalation == y.allow_privilege_escalation
           && x.proc_mount == y.proc_mount && x.capabilities == y.capabilities
           && same(x.run_as_user, p.run_as_user, y.run_as_user, q.run_as_user)
           && same(x.run_as_group, p.run_as_group, y.run_as_group, q.run_as_group)
           && same(x.run_as_non_root, p.run_as_non_root, y.run_as_non_root, q.run_as_non_root)
           && same(x.se_linux, p.se_linux, y.se_linux, q.se_linux)
           && same(x.seccomp, p.seccomp, y.seccomp, q.seccomp)
           && same(x.app_armor, p.app_armor, y.app_armor, q.app_armor)
           && effective_run_as_user_name(pod_a, a).value
                  == effective_run_as_user_name(pod_b, b).value
           && same(
               host_process(x.windows),
               host_process(p.windows),
               host_process(y.windows),
               host_process(q.windows)
           );
}

} // namespace gatehouse::policy
