#include "policy/request.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

struct scope_case {
    std::string name;
    policy::operation operation;
    std::string group, resource, sub_resource, kind_group, kind;
    scope expected;
};

class Scope : public testing::TestWithParam<scope_case> {};

TEST_P(Scope, Is) {
    const scope_case& row = GetParam();
    attributes request;
    request.operation = row.operation;
    request.resource = {row.group, row.resource};
    request.sub_resource = row.sub_resource;
    request.kind_group = row.kind_group;
    request.kind = row.kind;
    EXPECT_EQ(scope_of(request), row.expected);
}

constexpr auto create = operation::create;
constexpr auto update = operation::update;

INSTANTIATE_TEST_SUITE_P(
    Request,
    Scope,
    testing::Values(
        scope_case{"Pod", create, "", "pods", "", "", "Pod", scope::pod},
        scope_case{"PodUpdate", update, "", "pods", "", "", "Pod", scope::pod},
        scope_case{"PodOfAnUnsaidKind", create, "", "pods", "", "", "", scope::pod},
        scope_case{
            "EphemeralContainers",
            update,
            "",
            "pods",
            "ephemeralcontainers",
            "",
            "Pod",
            scope::pod},
        scope_case{"Resize", update, "", "pods", "resize", "", "Pod", scope::pod},
        scope_case{"UnknownSubresource", create, "", "pods", "future", "", "Pod", scope::pod},
        scope_case{
            "UnknownSubresourceOfAnUnsaidKind",
            create,
            "",
            "pods",
            "future",
            "",
            "",
            scope::pod},
        scope_case{
            "PodOfAnotherGroup",
            create,
            "",
            "pods",
            "future",
            "example.com",
            "Pod",
            scope::let_through},
        scope_case{
            "UnknownSubresourceOfAWorkload",
            update,
            "apps",
            "deployments",
            "future",
            "apps",
            "Deployment",
            scope::workload},
        scope_case{
            "OtherSubresourceOfAWorkload",
            create,
            "apps",
            "deployments",
            "rollback",
            "apps",
            "DeploymentRollback",
            scope::let_through},
        scope_case{"Status", update, "", "pods", "status", "", "Pod", scope::let_through},
        scope_case{"Binding", create, "", "pods", "binding", "", "Binding", scope::let_through},
        scope_case{
            "Eviction",
            create,
            "",
            "pods",
            "eviction",
            "policy",
            "Eviction",
            scope::let_through},
        scope_case{"Delete", operation::remove, "", "pods", "", "", "Pod", scope::let_through},
        scope_case{
            "Connect",
            operation::connect,
            "",
            "pods",
            "exec",
            "",
            "PodExecOptions",
            scope::let_through},
        scope_case{
            "Deployment",
            create,
            "apps",
            "deployments",
            "",
            "apps",
            "Deployment",
            scope::workload},
        scope_case{
            "StatefulSet",
            create,
            "apps",
            "statefulsets",
            "",
            "apps",
            "StatefulSet",
            scope::workload},
        scope_case{
            "DaemonSet",
            create,
            "apps",
            "daemonsets",
            "",
            "apps",
            "DaemonSet",
            scope::workload},
        scope_case{
            "ReplicaSet",
            update,
            "apps",
            "replicasets",
            "",
            "apps",
            "ReplicaSet",
            scope::workload},
        scope_case{
            "ReplicationController",
            create,
            "",
            "replicationcontrollers",
            "",
            "",
            "ReplicationController",
            scope::workload},
        scope_case{"Job", create, "batch", "jobs", "", "batch", "Job", scope::workload},
        scope_case{"CronJob", create, "batch", "cronjobs", "", "batch", "CronJob", scope::workload},
        scope_case{
            "PodTemplate",
            create,
            "",
            "podtemplates",
            "",
            "",
            "PodTemplate",
            scope::workload},
        scope_case{
            "Scale",
            update,
            "apps",
            "deployments",
            "scale",
            "autoscaling",
            "Scale",
            scope::let_through},
        scope_case{
            "DeploymentStatus",
            update,
            "apps",
            "deployments",
            "status",
            "apps",
            "Deployment",
            scope::let_through},
        scope_case{
            "FutureSubresourceWithTemplate",
            update,
            "apps",
            "deployments",
            "future",
            "apps",
            "Deployment",
            scope::workload},
        scope_case{
            "DeploymentOfAnotherGroup",
            create,
            "example.com",
            "deployments",
            "",
            "example.com",
            "Deployment",
            scope::let_through},
        scope_case{"ConfigMap", create, "", "configmaps", "", "", "ConfigMap", scope::let_through}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
