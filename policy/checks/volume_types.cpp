// restrictedVolumes, restricted: only volumes that Kubernetes makes or that somebody handed out.
//
// Judged:   the source of every volume
// Allowed:  configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim,
// projected,
//           secret
// Versions: v1.0; takes the place of hostPathVolumes in all of them
//
// A source that we do not know, none at all, and several at once are all refused as of unknown
// type: a good source beside something else does not make the volume good.

#include "policy/checks/checks.h"
#include "policy/checks/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::string_view, 9> allowed = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
};

// Sources that Kubernetes has or had; only words in the message hang on it.
constexpr std::array<std::string_view, 21> known_but_restricted = {
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "glusterfs",
    "hostPath",
    "iscsi",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
};

std::string complaint_about(const list<std::string_view>& sources) {
    if (sources.empty()) {
        return "must not be of unknown type (it has no source)";
    }
    if (sources.size() > 1) {
        return fmt::format(
            "must not be of unknown type (it has several sources: {})",
            listed(std::vector(sources.begin(), sources.end())).text
        );
    }
    const bool is_known =
        std::ranges::find(known_but_restricted, sources[0]) != known_but_restricted.end();
    return fmt::format("must not use {}{}", is_known ? "" : "the unknown type ", shown(sources[0]));
}

bool is_allowed(const list<std::string_view>& sources) {
    return sources.size() == 1 && std::ranges::find(allowed, sources[0]) != allowed.end();
}

void since_1_0(const pod& subject, finding_collector& found) {
    for (std::size_t i = 0; i < subject.volumes.size(); ++i) {
        const volume& v = subject.volumes[i];
        if (is_allowed(v.sources)) {
            continue;
        }
        // The path ends in the pod's own key, which may be any text.
        found.forbid(
            element{element_kind::volume, i, v.name},
            v.sources.size() == 1 ? shown(v.sources[0]) : std::string(),
            fmt::format("{}; use {}", complaint_about(v.sources), one_of(allowed))
        );
    }
}

constexpr std::array versions = {check_version{0, since_1_0, rule_id::host_path_volumes}};

} // namespace

constinit const check restricted_volumes_check{
    rule_id::restricted_volumes,
    security_level::restricted,
    versions};

} // namespace gatehouse::policy
