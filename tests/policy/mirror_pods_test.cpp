// Static pods, which a node shows to the API server when they run already.
#include "policy/decide.h"
#include "tests/support/denied_tag.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace gatehouse::policy {
namespace {

using testing_support::deny_bad;
using testing_support::judged_request;
using testing_support::policy_with;

TEST(MirrorPods, OfTheirNodeAreLetThrough) {
    const auto policies = policy_with(deny_bad);
    const std::string mirror =
        R"({"metadata":{"annotations":{"kubernetes.io/config.mirror":"x"}},"spec":{"nodeName":"n1",)"
        R"("containers":[{"name":"app","image":"a:bad"}]}})";
    judged_request request(mirror);
    const std::array<std::string_view, 1> nodes = {"system:nodes"};
    request->about.groups = {nodes.data(), nodes.size()};
    request->about.user = "system:node:n1";
    EXPECT_EQ(request.verdict(*policies).decision, decision::allow);
    request->about.user = "system:node:n2";
    EXPECT_EQ(request.verdict(*policies).decision, decision::deny);
    request->about.user = "system:node:n1";
    request->about.groups = {};
    EXPECT_EQ(request.verdict(*policies).decision, decision::deny);
}

TEST(MirrorPods, AreTheOnlyOnesThatANodeMayMakeUnjudged) {
    const auto policies = policy_with(deny_bad);
    const std::string head = R"({"metadata":{"annotations":{)";
    const std::string mirror = R"("kubernetes.io/config.mirror":"x")";
    const std::string spec = R"("containers":[{"name":"app","image":"a:bad"}]}})";
    const std::array<std::string_view, 2> groups = {"system:authenticated", "system:nodes"};
    const auto decided = [&](const std::string& pod, const std::function<void(request&)>& change) {
        judged_request asked(pod);
        asked->about.groups = {groups.data(), groups.size()};
        asked->about.user = "system:node:n1";
        change(*asked);
        return asked.verdict(*policies).decision;
    };
    const auto as_it_is = [](request&) {};
    const std::string good = head + mirror + R"(}},"spec":{"nodeName":"n1",)" + spec;
    EXPECT_EQ(decided(good, as_it_is), decision::allow);
    EXPECT_EQ(decided(head + R"(}},"spec":{"nodeName":"n1",)" + spec, as_it_is), decision::deny);
    EXPECT_EQ(decided(head + mirror + R"(}},"spec":{)" + spec, as_it_is), decision::deny);
    EXPECT_EQ(
        decided(good, [](request& r) { r.about.operation = operation::update; }), decision::deny
    );
    EXPECT_EQ(
        decided(good, [](request& r) { r.about.sub_resource = "ephemeralcontainers"; }),
        decision::deny
    );
    EXPECT_EQ(decided(good, [](request& r) { r.scope = scope::workload; }), decision::allow)
        << "with a warning";
    EXPECT_EQ(decided(good, [](request& r) { r.about.user = "n1"; }), decision::deny);
}

} // namespace
} // namespace gatehouse::policy
