#pragma once
// A pod for tests that change one thing in it, or add something that must not count.

#include <nlohmann/json.hpp>

namespace gatehouse::testing_support {

/// A pod that says something in every field that is judged; each container's image is a:bad.
inline nlohmann::json full_pod() {
    return nlohmann::json::parse(R"({
        "metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/app": "runtime/default"}},
        "spec": {
            "hostNetwork": true, "hostPID": true, "hostIPC": true, "hostUsers": true,
            "os": {"name": "linux"}, "serviceAccountName": "web", "nodeName": "n1",
            "securityContext": {
                "runAsUser": 1, "runAsGroup": 1, "runAsNonRoot": true, "fsGroup": 1,
                "supplementalGroups": [1], "supplementalGroupsPolicy": "Strict",
                "sysctls": [{"name": "a.b", "value": "1"}],
                "seLinuxOptions": {"type": "t", "user": "u", "role": "r", "level": "s0"},
                "seccompProfile": {"type": "RuntimeDefault"}, "appArmorProfile": {"type": "RuntimeDefault"},
                "windowsOptions": {"hostProcess": false, "runAsUserName": "u"}},
            "containers": [{"name": "app", "image": "a:bad", "securityContext": {
                "privileged": false, "allowPrivilegeEscalation": false, "procMount": "Default",
                "capabilities": {"add": ["KILL"], "drop": ["ALL"]},
                "runAsUser": 1, "runAsGroup": 1, "runAsNonRoot": true,
                "seLinuxOptions": {"type": "t", "user": "u", "role": "r"},
                "seccompProfile": {"type": "RuntimeDefault"}, "appArmorProfile": {"type": "RuntimeDefault"},
                "windowsOptions": {"hostProcess": false, "runAsUserName": "u"}},
                "ports": [{"containerPort": 80, "hostPort": 80}],
                "livenessProbe": {"httpGet": {"host": "h", "port": 80}}}],
            "initContainers": [{"name": "init", "image": "a:bad"}],
            "ephemeralContainers": [{"name": "debug", "image": "a:bad"}],
            "volumes": [{"name": "data", "image": {"reference": "a:bad"}}, {"name": "tmp", "emptyDir": {}}]
        }})");
}

} // namespace gatehouse::testing_support
