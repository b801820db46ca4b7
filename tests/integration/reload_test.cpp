// Policies that change while the server runs: a good set is in force within 5 s, a bad one never.

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/test_server.h"
#include "tests/support/eventually.h"
#include "tests/support/mounted_files.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>
#include <signal.h>

namespace gatehouse::testing_support {
namespace {

constexpr seconds reload_limit{5};

bool allows_bad_pod(std::uint16_t port) {
    return verdict_on(port, review_of(bad_pod())).at("allowed").get<bool>();
}

double failed_loads(std::uint16_t ops_port) {
    return metric(ops_port, R"(gatehouse_policy_loads_total{result="error"})");
}

TEST(Reload, AnEditedPolicyJudges) {
    test_server server;
    ASSERT_FALSE(allows_bad_pod(server.port()));
    static_cast<void>(server.files().replace("policy.yaml", open_policy));
    EXPECT_TRUE(eventually(reload_limit, [&] { return allows_bad_pod(server.port()); }));
    static_cast<void>(server.files().write("policy.yaml", strict_policy));
    EXPECT_TRUE(eventually(reload_limit, [&] { return !allows_bad_pod(server.port()); }));
}

TEST(Reload, SighupReloadsAtOnce) {
    test_server server;
    static_cast<void>(server.files().replace("policy.yaml", open_policy));
    server.process().send_signal(SIGHUP);
    EXPECT_TRUE(eventually(milliseconds(900), [&] { return allows_bad_pod(server.port()); }));
    EXPECT_TRUE(server.process().is_alive());
}

TEST(Reload, ABadPolicyKeepsTheLastGoodOneAndIsTold) {
    test_server server;
    static_cast<void>(server.files().replace("policy.yaml", "kind: Nonsense\n"));
    ASSERT_TRUE(eventually(reload_limit, [&] { return failed_loads(server.ops_port()) > 0; }));
    EXPECT_FALSE(allows_bad_pod(server.port()));
    EXPECT_EQ(get_ops(server.ops_port(), "/readyz").status, 200);
    EXPECT_THAT(
        get_ops(server.ops_port(), "/readyz?verbose").body, testing::HasSubstr("policy.yaml:1")
    );
    EXPECT_THAT(server.process().log(), testing::HasSubstr("policy.yaml:1"));

    static_cast<void>(server.files().replace("policy.yaml", open_policy));
    EXPECT_TRUE(eventually(reload_limit, [&] { return allows_bad_pod(server.port()); }));
}

TEST(Reload, AnEmptiedOrRemovedPolicyDoesNotOpenTheGate) {
    test_server server;
    static_cast<void>(server.files().write("policy.yaml", ""));
    EXPECT_TRUE(eventually(reload_limit, [&] {
        EXPECT_FALSE(allows_bad_pod(server.port()));
        return failed_loads(server.ops_port()) >= 1;
    }));
    std::filesystem::remove(server.files() / "policy.yaml");
    EXPECT_TRUE(eventually(reload_limit, [&] {
        EXPECT_FALSE(allows_bad_pod(server.port()));
        return failed_loads(server.ops_port()) >= 2;
    }));
}

TEST(Reload, AMountedConfigMapThatIsSwappedJudges) {
    const temp_dir directory;
    mounted_files mount(directory / "policies");
    mount.swap({{"policy.yaml", std::string(strict_policy)}});
    gatehouse_process server({"--policy", directory / "policies"});
    ASSERT_FALSE(allows_bad_pod(server.webhook_port()));
    mount.swap({{"policy.yaml", std::string(open_policy)}});
    EXPECT_TRUE(eventually(reload_limit, [&] { return allows_bad_pod(server.webhook_port()); }));
}

TEST(Reload, ANewFileInADirectoryJudges) {
    const temp_dir directory;
    static_cast<void>(directory.write("policies/open.yaml", open_policy));
    gatehouse_process server({"--policy", directory / "policies"});
    ASSERT_TRUE(allows_bad_pod(server.webhook_port()));
    static_cast<void>(directory.write("policies/strict.yaml", strict_policy));
    EXPECT_TRUE(eventually(reload_limit, [&] { return !allows_bad_pod(server.webhook_port()); }));
}

} // namespace
} // namespace gatehouse::testing_support
