// hostPathVolumes, baseline: no directory of the node is mounted.
//
// Judged:   hostPath of every volume
// Allowed:  absent (an empty object counts as present)
// Versions: v1.0; in the restricted level restrictedVolumes takes its place in every version

#include "policy/checks/checks.h"

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

void since_1_0(const pod& subject, finding_collector& found) {
    for (std::size_t i = 0; i < subject.volumes.size(); ++i) {
        const volume& v = subject.volumes[i];
        if (std::ranges::find(v.sources, std::string_view("hostPath")) != v.sources.end()) {
            found.forbid(
                element{element_kind::volume, i, v.name},
                "hostPath",
                "must not use hostPath; use a source that is not on the node, such as emptyDir or "
                "persistentVolumeClaim"
            );
        }
    }
}

constexpr std::array versions = {check_version{0, since_1_0, {}}};

} // namespace

constinit const check host_path_volumes_check{
    rule_id::host_path_volumes,
    security_level::baseline,
    versions};

} // namespace gatehouse::policy
