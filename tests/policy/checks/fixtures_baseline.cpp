#include "tests/policy/checks/fixtures.h"

namespace gatehouse::policy {

std::vector<fixture_set> baseline_fixtures() {
    return {
        {.rule = rule_id::app_armor_profile,
         .since = 0,
         .passing =
             {
                 R"({"/spec/securityContext/appArmorProfile": {"type": "RuntimeDefault"}})",
                 R"({"/spec/containers/0/securityContext/appArmorProfile": {"type": "Localhost",)"
                 R"( "localhostProfile": "web"}})",
                 R"({"/metadata/annotations": {"container.apparmor.security.beta.kubernetes.io/app": "runtime/default",)"
                 R"( "container.apparmor.security.beta.kubernetes.io/init": "localhost/web"}})",
                 R"({"/metadata/annotations": {"container.apparmor.security.beta.kubernetes.io/app": ""}})",
                 R"({"/spec/containers/0/securityContext": {"appArmorProfile": null}})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/appArmorProfile": {"type": "Unconfined"}})",
                 R"({"/spec/containers/0/securityContext/appArmorProfile": {"type": "Unconfined"}})",
                 R"({"/spec/initContainers/0/securityContext/appArmorProfile": {}})",
                 R"({"/metadata/annotations": {"container.apparmor.security.beta.kubernetes.io/app": "unconfined"}})",
                 R"({"/metadata/annotations": {"container.apparmor.security.beta.kubernetes.io/nobody": "unconfined"}})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"appArmorProfile": {"type": "Unconfined"}}}]})",
             }},
        {.rule = rule_id::capabilities_baseline,
         .since = 0,
         .passing =
             {
                 R"({"/spec/containers/0/securityContext/capabilities": {"add": ["AUDIT_WRITE",)"
                 R"( "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",)"
                 R"( "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"drop": ["all"]}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"add": []}})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/securityContext/capabilities": {"add": ["NET_RAW"]}})",
                 R"({"/spec/initContainers/0/securityContext/capabilities": {"add": ["SYS_ADMIN",)"
                 R"( "CHOWN"]}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"add": ["CAP_CHOWN"]}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"add": ["ALL"]}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"add": ["chown"]}})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}}}]})",
             }},
        {.rule = rule_id::host_namespaces,
         .since = 0,
         .passing =
             {
                 R"({"/spec/hostNetwork": false, "/spec/hostPID": false, "/spec/hostIPC": false})",
                 R"({"/spec/hostUsers": true})",
             },
         .failing =
             {
                 R"({"/spec/hostNetwork": true})",
                 R"({"/spec/hostPID": true})",
                 R"({"/spec/hostIPC": true})",
                 R"({"/spec/hostNetwork": true, "/spec/hostPID": true, "/spec/hostIPC": true})",
             }},
        {.rule = rule_id::host_path_volumes,
         .since = 0,
         .passing =
             {
                 R"({"/spec/volumes": [{"name": "a", "emptyDir": {}}, {"name": "b",)"
                 R"( "nfs": {"server": "nfs.example", "path": "/"}}]})",
                 R"({"/spec/volumes": [{"name": "a", "hostPath": null, "emptyDir": {}}]})",
             },
         .failing =
             {
                 R"({"/spec/volumes": [{"name": "a", "hostPath": {"path": "/var/log"}}]})",
                 R"({"/spec/volumes": [{"name": "a", "hostPath": {}}]})",
                 R"({"/spec/volumes": [{"name": "a", "emptyDir": {}}, {"name": "b",)"
                 R"( "hostPath": {"path": "/a"}}, {"name": "c", "hostPath": {"path": "/c"}}]})",
             }},
        {.rule = rule_id::host_ports,
         .since = 0,
         .passing =
             {
                 R"({"/spec/containers/0/ports": [{"containerPort": 8080}]})",
                 R"({"/spec/containers/0/ports": [{"containerPort": 8080, "hostPort": 0}]})",
                 R"({"/spec/containers/0/ports": [{"containerPort": 8080, "hostPort": null}]})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/ports": [{"containerPort": 8080, "hostPort": 8080}]})",
                 R"({"/spec/containers/0/ports": [{"containerPort": 1, "hostPort": 80},)"
                 R"( {"containerPort": 2}, {"containerPort": 3, "hostPort": 9}],)"
                 R"( "/spec/initContainers/0/ports": [{"containerPort": 4, "hostPort": 443}]})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1", "ports": [{"containerPort": 1,)"
                 R"( "hostPort": 1}]}]})",
             }},
        {.rule = rule_id::host_probes_and_host_lifecycle,
         .since = 34,
         .passing =
             {
                 R"({"/spec/containers/0/livenessProbe": {"httpGet": {"port": 80}},)"
                 R"( "/spec/containers/0/readinessProbe": {"tcpSocket": {"port": 80, "host": ""}},)"
                 R"( "/spec/containers/0/startupProbe": {"grpc": {"port": 80}},)"
                 R"( "/spec/containers/0/lifecycle": {"preStop": {"exec": {"command": ["true"]}}}})",
                 R"({"/spec/containers/0/livenessProbe": {"httpGet": {"port": 80, "host": null}}})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/livenessProbe": {"httpGet": {"port": 80,)"
                 R"( "host": "127.0.0.1"}}})",
                 R"({"/spec/containers/0/readinessProbe": {"tcpSocket": {"port": 80,)"
                 R"( "host": "10.0.0.1"}}})",
                 R"({"/spec/initContainers/0/startupProbe": {"httpGet": {"port": 80,)"
                 R"( "host": "localhost"}}})",
                 R"({"/spec/containers/0/lifecycle": {"postStart": {"httpGet": {"port": 80,)"
                 R"( "host": "metadata.example"}}, "preStop": {"tcpSocket": {"port": 80,)"
                 R"( "host": "::1"}}}})",
             }},
        {.rule = rule_id::privileged,
         .since = 0,
         .passing =
             {
                 R"({"/spec/containers/0/securityContext/privileged": false})",
                 R"({"/spec/containers/0/securityContext": {}})",
                 R"({"/spec/containers/0/securityContext": {"privileged": null}})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/securityContext/privileged": true})",
                 R"({"/spec/initContainers/0/securityContext/privileged": true})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1", "securityContext": {"privileged": true}}]})",
             }},
        {.rule = rule_id::proc_mount,
         .since = 0,
         .passing =
             {
                 R"({"/spec/containers/0/securityContext/procMount": "Default"})",
                 R"({"/spec/containers/0/securityContext": {"procMount": null}})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/securityContext/procMount": "Unmasked"})",
                 R"({"/spec/initContainers/0/securityContext/procMount": "Unmasked"})",
                 R"({"/spec/containers/0/securityContext/procMount": "default"})",
                 R"({"/spec/containers/0/securityContext/procMount": ""})",
             }},
        {.rule = rule_id::proc_mount,
         .since = 35,
         .passing =
             {
                 R"({"/spec/hostUsers": false,)"
                 R"( "/spec/containers/0/securityContext/procMount": "Unmasked"})",
                 R"({"/spec/hostUsers": true,)"
                 R"( "/spec/containers/0/securityContext/procMount": "Default"})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/securityContext/procMount": "Unmasked"})",
                 R"({"/spec/hostUsers": true,)"
                 R"( "/spec/initContainers/0/securityContext/procMount": "Unmasked"})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"procMount": "Unmasked"}}]})",
             }},
        {.rule = rule_id::se_linux_options,
         .since = 0,
         .passing =
             {
                 R"({"/spec/securityContext/seLinuxOptions": {"type": "container_t",)"
                 R"( "level": "s0:c1"}})",
                 R"({"/spec/containers/0/securityContext/seLinuxOptions": {"type": "container_init_t"},)"
                 R"( "/spec/initContainers/0/securityContext/seLinuxOptions": {"type": "container_kvm_t"}})",
                 R"({"/spec/containers/0/securityContext/seLinuxOptions": {}})",
                 R"({"/spec/containers/0/securityContext/seLinuxOptions": {"type": "", "user": "",)"
                 R"( "role": ""}})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/seLinuxOptions": {"type": "spc_t"}})",
                 R"({"/spec/containers/0/securityContext/seLinuxOptions": {"user": "system_u"}})",
                 R"({"/spec/initContainers/0/securityContext/seLinuxOptions": {"role": "system_r"}})",
                 R"({"/spec/containers/0/securityContext/seLinuxOptions": {"type": "container_engine_t"}})",
                 R"({"/spec/containers/0/securityContext/seLinuxOptions": {"type": "a", "user": "b",)"
                 R"( "role": "c"}})",
             }},
        {.rule = rule_id::se_linux_options,
         .since = 31,
         .passing =
             {
                 R"({"/spec/containers/0/securityContext/seLinuxOptions": {"type": "container_engine_t"}})",
                 R"({"/spec/securityContext/seLinuxOptions": {"type": "container_t"}})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/securityContext/seLinuxOptions": {"type": "spc_t"}})",
                 R"({"/spec/securityContext/seLinuxOptions": {"type": "container_engine_t",)"
                 R"( "user": "system_u"}})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"seLinuxOptions": {"role": "system_r"}}}]})",
             }},
        {.rule = rule_id::seccomp_profile_baseline,
         .since = 0,
         .passing =
             {
                 R"({"/metadata/annotations": {"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}})",
                 R"({"/metadata/annotations": {"seccomp.security.alpha.kubernetes.io/pod": "docker/default",)"
                 R"( "container.seccomp.security.alpha.kubernetes.io/app": "localhost/web"}})",
                 R"({"/metadata/annotations": {"container.seccomp.security.alpha.kubernetes.io/nobody": "unconfined"}})",
                 R"({"/spec/securityContext/seccompProfile": {"type": "Unconfined"}})",
             },
         .failing =
             {
                 R"({"/metadata/annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}})",
                 R"({"/metadata/annotations": {"container.seccomp.security.alpha.kubernetes.io/app": "unconfined",)"
                 R"( "container.seccomp.security.alpha.kubernetes.io/init": "unconfined"}})",
                 R"({"/metadata/annotations": {"container.seccomp.security.alpha.kubernetes.io/app": ""}})",
                 R"({"/metadata/annotations": {"seccomp.security.alpha.kubernetes.io/pod": "runtime/default",)"
                 R"( "container.seccomp.security.alpha.kubernetes.io/init": "localhost"}})",
             }},
        {.rule = rule_id::seccomp_profile_baseline,
         .since = 19,
         .passing =
             {
                 R"({"/metadata/annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined",)"
                 R"( "container.seccomp.security.alpha.kubernetes.io/app": "unconfined"}})",
                 R"({"/spec/securityContext/seccompProfile": {"type": "RuntimeDefault"}})",
                 R"({"/spec/containers/0/securityContext/seccompProfile": {"type": "Localhost",)"
                 R"( "localhostProfile": "web"}})",
                 R"({"/spec/containers/0/securityContext": {"seccompProfile": null}})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/seccompProfile": {"type": "Unconfined"}})",
                 R"({"/spec/containers/0/securityContext/seccompProfile": {"type": "Unconfined"}})",
                 R"({"/spec/initContainers/0/securityContext/seccompProfile": {}})",
                 R"({"/spec/securityContext/seccompProfile": {"type": "runtime/default"}})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"seccompProfile": {"type": "Unconfined"}}}]})",
             }},
        {.rule = rule_id::sysctls,
         .since = 0,
         .passing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "kernel.shm_rmid_forced",)"
                 R"( "value": "1"}, {"name": "net.ipv4.ip_local_port_range", "value": "1"},)"
                 R"( {"name": "net.ipv4.tcp_syncookies", "value": "1"},)"
                 R"( {"name": "net.ipv4.ping_group_range", "value": "1"},)"
                 R"( {"name": "net.ipv4.ip_unprivileged_port_start", "value": "1"}]})",
                 R"({"/spec/securityContext/sysctls": []})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "kernel.msgmax", "value": "1"}]})",
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.ip_local_reserved_ports",)"
                 R"( "value": "1"}]})",
                 R"({"/spec/securityContext/sysctls": [{"name": "net/ipv4/tcp_syncookies",)"
                 R"( "value": "1"}]})",
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.tcp_syncookies",)"
                 R"( "value": "1"}, {"name": "vm.swappiness", "value": "1"}, {"name": "kernel.sem",)"
                 R"( "value": "1"}]})",
             }},
        {.rule = rule_id::sysctls,
         .since = 27,
         .passing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.ip_local_reserved_ports",)"
                 R"( "value": "1"}]})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.tcp_keepalive_time",)"
                 R"( "value": "1"}]})",
             }},
        {.rule = rule_id::sysctls,
         .since = 29,
         .passing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.tcp_keepalive_time",)"
                 R"( "value": "1"}, {"name": "net.ipv4.tcp_fin_timeout", "value": "1"},)"
                 R"( {"name": "net.ipv4.tcp_keepalive_intvl", "value": "1"},)"
                 R"( {"name": "net.ipv4.tcp_keepalive_probes", "value": "1"}]})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]})",
             }},
        {.rule = rule_id::sysctls,
         .since = 32,
         .passing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"},)"
                 R"( {"name": "net.ipv4.tcp_wmem", "value": "1"}]})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.tcp_notsent_lowat",)"
                 R"( "value": "1"}]})",
             }},
        {.rule = rule_id::sysctls,
         .since = 37,
         .passing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.tcp_slow_start_after_idle",)"
                 R"( "value": "1"}, {"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/sysctls": [{"name": "net.ipv4.tcp_mem", "value": "1"}]})",
             }},
        {.rule = rule_id::windows_host_process,
         .since = 0,
         .passing =
             {
                 R"({"/spec/securityContext/windowsOptions": {"hostProcess": false}})",
                 R"({"/spec/containers/0/securityContext/windowsOptions": {"runAsUserName": "ContainerUser"}})",
                 R"({"/spec/containers/0/securityContext/windowsOptions": {}})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/windowsOptions": {"hostProcess": true}})",
                 R"({"/spec/containers/0/securityContext/windowsOptions": {"hostProcess": true}})",
                 R"({"/spec/securityContext/windowsOptions": {"hostProcess": true},)"
                 R"( "/spec/containers/0/securityContext/windowsOptions": {"hostProcess": false}})",
                 R"({"/spec/initContainers/0/securityContext/windowsOptions": {"hostProcess": true}})",
             }},
    };
}

} // namespace gatehouse::policy
