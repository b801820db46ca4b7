#include "tests/policy/checks/fixtures.h"

namespace gatehouse::policy {

std::vector<fixture_set> restricted_fixtures() {
    return {
        {.rule = rule_id::allow_privilege_escalation,
         .since = 8,
         .passing =
             {
                 R"({"/spec/containers/0/securityContext/allowPrivilegeEscalation": false})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/securityContext/allowPrivilegeEscalation": true})",
                 R"({"/spec/initContainers/0/securityContext/allowPrivilegeEscalation": null})",
                 R"({"/spec/containers/0/securityContext": {"capabilities": {"drop": ["ALL"]},)"
                 R"( "allowPrivilegeEscalation": null}})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"allowPrivilegeEscalation": true,)"
                 R"( "capabilities": {"drop": ["ALL"]}}}]})",
             }},
        {.rule = rule_id::allow_privilege_escalation,
         .since = 25,
         .passing =
             {
                 R"({"/spec/os": {"name": "windows"},)"
                 R"( "/spec/containers/0/securityContext/allowPrivilegeEscalation": null})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/securityContext/allowPrivilegeEscalation": true})",
                 R"({"/spec/os": {"name": "linux"},)"
                 R"( "/spec/containers/0/securityContext/allowPrivilegeEscalation": null})",
                 R"({"/spec/os": {"name": "Windows"},)"
                 R"( "/spec/containers/0/securityContext/allowPrivilegeEscalation": null})",
             }},
        {.rule = rule_id::capabilities_restricted,
         .since = 22,
         .passing =
             {
                 R"({"/spec/containers/0/securityContext/capabilities": {"drop": ["KILL", "ALL"]}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"drop": ["ALL"],)"
                 R"( "add": ["NET_BIND_SERVICE"]}})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/securityContext/capabilities": null})",
                 R"({"/spec/containers/0/securityContext/capabilities": {}})",
                 R"({"/spec/containers/0/securityContext": {"allowPrivilegeEscalation": false,)"
                 R"( "capabilities": null}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"drop": ["all"]}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"drop": ["CAP_ALL"]}})",
                 R"({"/spec/initContainers/0/securityContext/capabilities": {"drop": ["ALL"],)"
                 R"( "add": ["CHOWN"]}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"drop": ["ALL"],)"
                 R"( "add": ["CAP_NET_BIND_SERVICE"]}})",
                 R"({"/spec/containers/0/securityContext/capabilities": {"drop": ["KILL"],)"
                 R"( "add": ["ALL"]}})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"allowPrivilegeEscalation": false,)"
                 R"( "capabilities": {"drop": ["ALL"], "add": ["SYS_PTRACE"]}}}]})",
             }},
        {.rule = rule_id::capabilities_restricted,
         .since = 25,
         .passing =
             {
                 R"({"/spec/os": {"name": "windows"},)"
                 R"( "/spec/containers/0/securityContext/capabilities": null,)"
                 R"( "/spec/initContainers/0/securityContext/capabilities": null})",
                 R"({"/spec/os": {"name": "windows"},)"
                 R"( "/spec/containers/0/securityContext/capabilities": {"add": ["SYS_ADMIN"]}})",
             },
         .failing =
             {
                 R"({"/spec/os": {"name": "linux"},)"
                 R"( "/spec/containers/0/securityContext/capabilities": null})",
                 R"({"/spec/os": {"name": "Windows"},)"
                 R"( "/spec/containers/0/securityContext/capabilities": {"drop": ["ALL"],)"
                 R"( "add": ["CHOWN"]}})",
             }},
        {.rule = rule_id::proc_mount_restricted,
         .since = 35,
         .passing =
             {
                 R"({"/spec/containers/0/securityContext/procMount": "Default"})",
                 R"({"/spec/hostUsers": false,)"
                 R"( "/spec/containers/0/securityContext/procMount": "Default"})",
             },
         .failing =
             {
                 R"({"/spec/containers/0/securityContext/procMount": "Unmasked"})",
                 R"({"/spec/hostUsers": false,)"
                 R"( "/spec/containers/0/securityContext/procMount": "Unmasked"})",
                 R"({"/spec/hostUsers": false, "/spec/initContainers/0/securityContext/procMount": ""})",
             }},
        {.rule = rule_id::restricted_volumes,
         .since = 0,
         .passing =
             {
                 R"({"/spec/volumes": [{"name": "a", "configMap": {}}, {"name": "b", "csi": {}},)"
                 R"( {"name": "c", "downwardAPI": {}}, {"name": "d", "emptyDir": {}}, {"name": "e",)"
                 R"( "ephemeral": {}}, {"name": "f", "image": {}}, {"name": "g",)"
                 R"( "persistentVolumeClaim": {}}, {"name": "h", "projected": {}}, {"name": "i",)"
                 R"( "secret": {}}]})",
                 R"({"/spec/volumes": [{"name": "a", "hostPath": null,)"
                 R"( "secret": {"secretName": "a"}}]})",
             },
         .failing =
             {
                 R"({"/spec/volumes": [{"name": "a", "hostPath": {"path": "/"}}]})",
                 R"({"/spec/volumes": [{"name": "a", "hostPath": {}}]})",
                 R"({"/spec/volumes": [{"name": "a", "awsElasticBlockStore": {}}, {"name": "b",)"
                 R"( "azureDisk": {}}, {"name": "c", "azureFile": {}}, {"name": "d", "cephfs": {}},)"
                 R"( {"name": "e", "cinder": {}}, {"name": "f", "fc": {}}, {"name": "g",)"
                 R"( "flexVolume": {}}, {"name": "h", "flocker": {}}, {"name": "i",)"
                 R"( "gcePersistentDisk": {}}, {"name": "j", "gitRepo": {}}, {"name": "k",)"
                 R"( "glusterfs": {}}, {"name": "l", "iscsi": {}}, {"name": "m", "nfs": {}},)"
                 R"( {"name": "n", "photonPersistentDisk": {}}, {"name": "o", "portworxVolume": {}},)"
                 R"( {"name": "p", "quobyte": {}}, {"name": "q", "rbd": {}}, {"name": "r",)"
                 R"( "scaleIO": {}}, {"name": "s", "storageos": {}}, {"name": "t",)"
                 R"( "vsphereVolume": {}}]})",
                 R"({"/spec/volumes": [{"name": "a", "fooDisk": {}}]})",
                 R"({"/spec/volumes": [{"name": "a"}]})",
                 R"({"/spec/volumes": [{"name": "a", "emptyDir": null}]})",
                 R"({"/spec/volumes": [{"name": "a", "configMap": {}, "hostPath": {"path": "/"}}]})",
             }},
        {.rule = rule_id::run_as_non_root,
         .since = 0,
         .passing =
             {
                 R"({"/spec/securityContext/runAsNonRoot": null,)"
                 R"( "/spec/containers/0/securityContext/runAsNonRoot": true,)"
                 R"( "/spec/initContainers/0/securityContext/runAsNonRoot": true})",
                 R"({"/spec/containers/0/securityContext/runAsNonRoot": true})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/runAsNonRoot": null})",
                 R"({"/spec/securityContext": {"runAsNonRoot": null,)"
                 R"( "seccompProfile": {"type": "RuntimeDefault"}},)"
                 R"( "/spec/containers/0/securityContext/runAsNonRoot": true})",
                 R"({"/spec/containers/0/securityContext/runAsNonRoot": false})",
                 R"({"/spec/securityContext/runAsNonRoot": false})",
                 R"({"/spec/securityContext/runAsNonRoot": false,)"
                 R"( "/spec/containers/0/securityContext/runAsNonRoot": true,)"
                 R"( "/spec/initContainers/0/securityContext/runAsNonRoot": true})",
                 R"({"/spec/securityContext/runAsNonRoot": false,)"
                 R"( "/spec/initContainers/0/securityContext/runAsNonRoot": false})",
                 R"({"/spec/securityContext/runAsNonRoot": null,)"
                 R"( "/spec/initContainers/0/securityContext/runAsNonRoot": false})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"allowPrivilegeEscalation": false,)"
                 R"( "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": false}}]})",
             }},
        {.rule = rule_id::run_as_non_root,
         .since = 35,
         .passing =
             {
                 R"({"/spec/hostUsers": false, "/spec/securityContext/runAsNonRoot": null})",
                 R"({"/spec/hostUsers": false, "/spec/securityContext/runAsNonRoot": false})",
             },
         .failing =
             {
                 R"({"/spec/hostUsers": true, "/spec/securityContext/runAsNonRoot": null})",
                 R"({"/spec/containers/0/securityContext/runAsNonRoot": false})",
                 R"({"/spec/os": {"name": "windows"}, "/spec/securityContext/runAsNonRoot": null})",
             }},
        {.rule = rule_id::run_as_user_restricted,
         .since = 23,
         .passing =
             {
                 R"({"/spec/securityContext/runAsUser": 1,)"
                 R"( "/spec/containers/0/securityContext/runAsUser": 1000})",
                 R"({"/spec/securityContext/runAsGroup": 0, "/spec/securityContext/fsGroup": 0,)"
                 R"( "/spec/securityContext/supplementalGroups": [0]})",
                 R"({"/spec/containers/0/securityContext/runAsUser": 1000})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/runAsUser": 0})",
                 R"({"/spec/containers/0/securityContext/runAsUser": 0})",
                 R"({"/spec/securityContext/runAsUser": 0,)"
                 R"( "/spec/containers/0/securityContext/runAsUser": 1000,)"
                 R"( "/spec/initContainers/0/securityContext/runAsUser": 1000})",
                 R"({"/spec/initContainers/0/securityContext/runAsUser": 0})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"allowPrivilegeEscalation": false,)"
                 R"( "capabilities": {"drop": ["ALL"]}, "runAsUser": 0}}]})",
             }},
        {.rule = rule_id::run_as_user_restricted,
         .since = 35,
         .passing =
             {
                 R"({"/spec/hostUsers": false, "/spec/securityContext/runAsUser": 0})",
             },
         .failing =
             {
                 R"({"/spec/hostUsers": true, "/spec/securityContext/runAsUser": 0})",
                 R"({"/spec/containers/0/securityContext/runAsUser": 0})",
             }},
        {.rule = rule_id::seccomp_profile_restricted,
         .since = 19,
         .passing =
             {
                 R"({"/spec/securityContext/seccompProfile": {"type": "Localhost",)"
                 R"( "localhostProfile": "web"}})",
                 R"({"/spec/securityContext/seccompProfile": null,)"
                 R"( "/spec/containers/0/securityContext/seccompProfile": {"type": "RuntimeDefault"},)"
                 R"( "/spec/initContainers/0/securityContext/seccompProfile": {"type": "Localhost",)"
                 R"( "localhostProfile": "web"}})",
             },
         .failing =
             {
                 R"({"/spec/securityContext/seccompProfile": null})",
                 R"({"/spec/securityContext/seccompProfile": null,)"
                 R"( "/spec/containers/0/securityContext/seccompProfile": {"type": "RuntimeDefault"}})",
                 R"({"/spec/securityContext/seccompProfile": {"type": "Unconfined"}})",
                 R"({"/spec/securityContext/seccompProfile": {}})",
                 R"({"/spec/containers/0/securityContext/seccompProfile": {"type": "Unconfined"}})",
                 R"({"/spec/securityContext/seccompProfile": {"type": "Unconfined"},)"
                 R"( "/spec/containers/0/securityContext/seccompProfile": {"type": "RuntimeDefault"},)"
                 R"( "/spec/initContainers/0/securityContext/seccompProfile": {"type": "RuntimeDefault"}})",
                 R"({"/spec/securityContext/seccompProfile": null,)"
                 R"( "/spec/initContainers/0/securityContext/seccompProfile": {"type": "Unconfined"}})",
                 R"({"/spec/ephemeralContainers": [{"name": "debug",)"
                 R"( "image": "registry.example/debug:1",)"
                 R"( "securityContext": {"allowPrivilegeEscalation": false,)"
                 R"( "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": ""}}}]})",
             }},
        {.rule = rule_id::seccomp_profile_restricted,
         .since = 25,
         .passing =
             {
                 R"({"/spec/os": {"name": "windows"}, "/spec/securityContext/seccompProfile": null})",
                 R"({"/spec/os": {"name": "windows"},)"
                 R"( "/spec/securityContext/seccompProfile": {"type": "Unconfined"}})",
             },
         .failing =
             {
                 R"({"/spec/os": {"name": "linux"}, "/spec/securityContext/seccompProfile": null})",
                 R"({"/spec/os": {"name": "Windows"}, "/spec/securityContext/seccompProfile": null})",
             }},
    };
}

} // namespace gatehouse::policy
