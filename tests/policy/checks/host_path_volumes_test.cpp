#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class HostPathVolumes : public testing::TestWithParam<check_case> {};

TEST_P(HostPathVolumes, Finds) {
    EXPECT_EQ(lines_of(rule_id::host_path_volumes, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    HostPathVolumes,
    testing::Values(
        check_case{"NoVolumesPass", 0, [](pod_builder&) {}, {}},
        check_case{
            "OtherSourcesPass",
            0,
            [](pod_builder& p) {
                p.add_volume("a", {"nfs"});
                p.add_volume("b", {"emptyDir"});
                p.add_volume("c", {});
            },
            {}},
        check_case{
            "HostPathIsForbidden",
            0,
            [](pod_builder& p) { p.add_volume("logs", {"hostPath"}); },
            {"forbidden spec.volumes[0].hostPath: volume \"logs\" must not use hostPath; use a "
             "source that is not on the node, such as emptyDir or persistentVolumeClaim"}},
        check_case{
            "HostPathBesideAnotherSourceIsForbidden",
            37,
            [](pod_builder& p) {
                p.add_volume("logs", {"emptyDir", "hostPath"});
            },
            {"forbidden spec.volumes[0].hostPath: volume \"logs\" must not use hostPath; use a "
             "source that is not on the node, such as emptyDir or persistentVolumeClaim"}},
        check_case{
            "EveryVolumeIsNamed",
            37,
            [](pod_builder& p) {
                p.add_volume("a", {"hostPath"});
                p.add_volume("b", {"secret"});
                p.add_volume("c", {"hostPath"});
            },
            {"forbidden spec.volumes[0].hostPath: volume \"a\" must not use hostPath; use a source "
             "that is not on the node, such as emptyDir or persistentVolumeClaim",
             "forbidden spec.volumes[2].hostPath: volume \"c\" must not use hostPath; use a source "
             "that is not on the node, such as emptyDir or persistentVolumeClaim"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
