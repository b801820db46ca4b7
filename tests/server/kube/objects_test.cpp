#include "server/kube/objects.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

TEST(KubePlace, HasTheAddressesOfTheApi) {
    const kube_place secret{kube_resource::secrets, "gatehouse-system", "certs"};
    EXPECT_EQ(secret.text(), "secrets gatehouse-system/certs");
    EXPECT_EQ(secret.path(), "/api/v1/namespaces/gatehouse-system/secrets/certs");
    EXPECT_EQ(
        secret.watch_target("17", 300),
        "/api/v1/namespaces/gatehouse-system/secrets?watch=true&allowWatchBookmarks=true"
        "&fieldSelector=metadata.name%3Dcerts&timeoutSeconds=300&resourceVersion=17"
    );
    const kube_place lease{kube_resource::leases, "a", "b"};
    EXPECT_EQ(lease.path(), "/apis/coordination.k8s.io/v1/namespaces/a/leases/b");
    const kube_place hook{kube_resource::validating_webhook_configurations, "", "gatehouse"};
    EXPECT_EQ(hook.text(), "validatingwebhookconfigurations gatehouse");
    EXPECT_EQ(
        hook.path(),
        "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/gatehouse"
    );
    EXPECT_EQ(
        hook.watch_target("", 5),
        "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations?watch=true"
        "&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dgatehouse&timeoutSeconds=5"
    );
}

TEST(NamespacedName, IsTwoNamesOfKubernetes) {
    const auto good = parse_namespaced_name("gatehouse-system/gatehouse.leader");
    ASSERT_TRUE(good);
    EXPECT_EQ(good.value(), (namespaced_name{"gatehouse-system", "gatehouse.leader"}));
    for (const char* bad :
         {"", "a", "/a", "a/", "a/b/c", "A/b", "a/B", "a.b/c", "a/..", "a/-b", "a/b?x", "a/ b"}) {
        EXPECT_FALSE(parse_namespaced_name(bad)) << bad;
    }
    EXPECT_FALSE(parse_namespaced_name(std::string(64, 'a') + "/b"));
    EXPECT_TRUE(parse_namespaced_name(std::string(63, 'a') + "/b"));
    EXPECT_FALSE(parse_namespaced_name("a/" + std::string(254, 'a')));
}

} // namespace
} // namespace gatehouse::server
