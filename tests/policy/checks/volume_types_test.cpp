#include "policy/checks/registry.h"
#include "tests/support/case_name.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing_support::check_case;
using testing_support::lines_of;
using testing_support::pod_builder;

class VolumeTypes : public testing::TestWithParam<check_case> {};

TEST_P(VolumeTypes, Finds) {
    EXPECT_EQ(lines_of(rule_id::restricted_volumes, GetParam()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Checks,
    VolumeTypes,
    testing::Values(
        check_case{"NonePass", 0, [](pod_builder&) {}, {}},
        check_case{
            "AllowedTypesPass",
            0,
            [](pod_builder& p) {
                p.add_volume("v0", {"configMap"});
                p.add_volume("v1", {"csi"});
                p.add_volume("v2", {"downwardAPI"});
                p.add_volume("v3", {"emptyDir"});
                p.add_volume("v4", {"ephemeral"});
                p.add_volume("v5", {"image"});
                p.add_volume("v6", {"persistentVolumeClaim"});
                p.add_volume("v7", {"projected"});
                p.add_volume("v8", {"secret"});
            },
            {}},
        check_case{
            "HostPathIsForbidden",
            0,
            [](pod_builder& p) { p.add_volume("a", {"hostPath"}); },
            {"forbidden spec.volumes[0].hostPath: volume \"a\" must not use hostPath; use "
             "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret"}},
        check_case{
            "EveryOtherKnownTypeIsForbidden",
            37,
            [](pod_builder& p) {
                p.add_volume("v", {"awsElasticBlockStore"});
                p.add_volume("v", {"azureDisk"});
                p.add_volume("v", {"azureFile"});
                p.add_volume("v", {"cephfs"});
                p.add_volume("v", {"cinder"});
                p.add_volume("v", {"fc"});
                p.add_volume("v", {"flexVolume"});
                p.add_volume("v", {"flocker"});
                p.add_volume("v", {"gcePersistentDisk"});
                p.add_volume("v", {"gitRepo"});
                p.add_volume("v", {"glusterfs"});
                p.add_volume("v", {"hostPath"});
                p.add_volume("v", {"iscsi"});
                p.add_volume("v", {"nfs"});
                p.add_volume("v", {"photonPersistentDisk"});
                p.add_volume("v", {"portworxVolume"});
                p.add_volume("v", {"quobyte"});
                p.add_volume("v", {"rbd"});
                p.add_volume("v", {"scaleIO"});
                p.add_volume("v", {"storageos"});
                p.add_volume("v", {"vsphereVolume"});
            },
            {"forbidden spec.volumes[0].awsElasticBlockStore: volume \"v\" must not use "
             "awsElasticBlockStore; use configMap, csi, downwardAPI, emptyDir, ephemeral, image, "
             "persistentVolumeClaim, projected or secret",
             "forbidden spec.volumes[1].azureDisk: volume \"v\" must not use azureDisk; use "
             "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret",
             "forbidden spec.volumes[2].azureFile: volume \"v\" must not use azureFile; use "
             "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret",
             "forbidden spec.volumes[3].cephfs: volume \"v\" must not use cephfs; use configMap, "
             "csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or "
             "secret",
             "forbidden spec.volumes[4].cinder: volume \"v\" must not use cinder; use configMap, "
             "csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or "
             "secret",
             "forbidden spec.volumes[5].fc: volume \"v\" must not use fc; use configMap, csi, "
             "downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or secret",
             "forbidden spec.volumes[6].flexVolume: volume \"v\" must not use flexVolume; use "
             "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret",
             "forbidden spec.volumes[7].flocker: volume \"v\" must not use flocker; use configMap, "
             "csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or "
             "secret",
             "forbidden spec.volumes[8].gcePersistentDisk: volume \"v\" must not use "
             "gcePersistentDisk; use configMap, csi, downwardAPI, emptyDir, ephemeral, image, "
             "persistentVolumeClaim, projected or secret",
             "forbidden spec.volumes[9].gitRepo: volume \"v\" must not use gitRepo; use configMap, "
             "csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or "
             "secret",
             "forbidden spec.volumes[10].glusterfs: volume \"v\" must not use glusterfs; use "
             "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret",
             "forbidden spec.volumes[11].hostPath: volume \"v\" must not use hostPath; use "
             "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret",
             "forbidden spec.volumes[12].iscsi: volume \"v\" must not use iscsi; use configMap, "
             "csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or "
             "secret",
             "forbidden spec.volumes[13].nfs: volume \"v\" must not use nfs; use configMap, csi, "
             "downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or secret",
             "forbidden spec.volumes[14].photonPersistentDisk: volume \"v\" must not use "
             "photonPersistentDisk; use configMap, csi, downwardAPI, emptyDir, ephemeral, image, "
             "persistentVolumeClaim, projected or secret",
             "forbidden spec.volumes[15].portworxVolume: volume \"v\" must not use portworxVolume; "
             "use configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret",
             "forbidden spec.volumes[16].quobyte: volume \"v\" must not use quobyte; use "
             "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret",
             "forbidden spec.volumes[17].rbd: volume \"v\" must not use rbd; use configMap, csi, "
             "downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or secret",
             "forbidden spec.volumes[18].scaleIO: volume \"v\" must not use scaleIO; use "
             "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret",
             "forbidden spec.volumes[19].storageos: volume \"v\" must not use storageos; use "
             "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret",
             "forbidden spec.volumes[20].vsphereVolume: volume \"v\" must not use vsphereVolume; "
             "use configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, "
             "projected or secret"}},
        check_case{
            "UnknownTypeIsForbidden",
            37,
            [](pod_builder& p) {
                p.add_volume("a", {"secret"});
                p.add_volume("b", {"fooDisk"});
            },
            {"forbidden spec.volumes[1].fooDisk: volume \"b\" must not use the unknown type "
             "fooDisk; use configMap, csi, downwardAPI, emptyDir, ephemeral, image, "
             "persistentVolumeClaim, projected or secret"}},
        check_case{
            "CaseMatters",
            37,
            [](pod_builder& p) { p.add_volume("a", {"configmap"}); },
            {"forbidden spec.volumes[0].configmap: volume \"a\" must not use the unknown type "
             "configmap; use configMap, csi, downwardAPI, emptyDir, ephemeral, image, "
             "persistentVolumeClaim, projected or secret"}},
        check_case{
            "NoSourceIsOfUnknownType",
            37,
            [](pod_builder& p) { p.add_volume("a", {}); },
            {"forbidden spec.volumes[0]: volume \"a\" must not be of unknown type (it has no "
             "source); use configMap, csi, downwardAPI, emptyDir, ephemeral, image, "
             "persistentVolumeClaim, projected or secret"}},
        check_case{
            "TwoSourcesAreOfUnknownType",
            37,
            [](pod_builder& p) {
                p.add_volume("a", {"hostPath", "configMap"});
            },
            {"forbidden spec.volumes[0]: volume \"a\" must not be of unknown type (it has several "
             "sources: configMap, hostPath); use configMap, csi, downwardAPI, emptyDir, ephemeral, "
             "image, persistentVolumeClaim, projected or secret"}},
        check_case{
            "TwoGoodSourcesAreOfUnknownType",
            37,
            [](pod_builder& p) {
                p.add_volume("a", {"secret", "configMap"});
            },
            {"forbidden spec.volumes[0]: volume \"a\" must not be of unknown type (it has several "
             "sources: configMap, secret); use configMap, csi, downwardAPI, emptyDir, ephemeral, "
             "image, persistentVolumeClaim, projected or secret"}}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
