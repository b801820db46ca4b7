#include "policy/migrate/from_psa.h"

#include "policy/checks/registry.h"
#include "policy/decide.h"
#include "policy/document/parse.h"
#include "policy/document/print.h"
#include "tests/policy/checks/fixtures.h"
#include "tests/support/judging.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

labelled_namespace labelled(const std::string& name, const std::vector<label>& labels) {
    std::vector<label> whole;
    for (const label& one : labels) {
        whole.push_back({std::string(pod_security_prefix) + one.key, one.value});
    }
    return {name, read_labels(whole).levels};
}

std::string texts_of(const std::vector<policy_document>& documents) {
    std::string out;
    for (const policy_document& one : documents) {
        out += (out.empty() ? "" : "---\n") + text_of(one);
    }
    return out;
}

TEST(FromPsa, EnforceIsOnePolicyThatWarnsOfTemplates) {
    const std::vector<labelled_namespace> namespaces = {
        labelled("shop", {{"enforce", "baseline"}, {"enforce-version", "v1.29"}})};
    EXPECT_EQ(texts_of(policies_from_labels(namespaces)), R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: psa-baseline-v1.29-deny-warn
spec:
  validationActions: [Deny]
  workloads: Warn
  match:
    namespaces:
    - shop
  podSecurity:
    level: baseline
    version: v1.29
)");
}

TEST(FromPsa, NamespacesThatAskAlikeShareAPolicy) {
    const std::vector<labelled_namespace> namespaces = {
        labelled(
            "shop", {{"enforce", "baseline"}, {"warn", "restricted"}, {"audit", "restricted"}}
        ),
        labelled("infra", {{"enforce", "privileged"}}),
        labelled("bank", {{"enforce", "restricted"}, {"audit", "restricted"}}),
        labelled("crm", {{"enforce", "baseline"}, {"warn", "privileged"}}),
        labelled("dev", {{"warn", "restricted"}, {"audit", "baseline"}}),
    };
    std::string told;
    for (const policy_document& one : policies_from_labels(namespaces)) {
        told += fmt::format("{}: {}\n", one.name, fmt::join(one.match.namespaces, ", "));
    }
    EXPECT_EQ(
        told,
        "psa-baseline-latest-deny: shop, crm\n"
        "psa-restricted-latest-warn-audit: shop\n"
        "psa-restricted-latest-deny-warn-audit: bank\n"
        "psa-restricted-latest-warn: dev\n"
        "psa-baseline-latest-audit: dev\n"
    );
}

TEST(FromPsa, NothingIsMadeOfPrivilegedNamespaces) {
    const std::vector<labelled_namespace> namespaces = {
        labelled("infra", {{"enforce", "privileged"}, {"enforce-version", "v1.29"}}),
        labelled("plain", {}),
    };
    EXPECT_TRUE(policies_from_labels(namespaces).empty());
}

TEST(FromPsa, MoreNamespacesThanAListHoldsAreSeveralPolicies) {
    std::vector<labelled_namespace> namespaces;
    for (int i = 0; i < 513; ++i) {
        namespaces.push_back(labelled(fmt::format("team-{}", i), {{"audit", "baseline"}}));
    }
    const std::vector<policy_document> made = policies_from_labels(namespaces);
    ASSERT_EQ(made.size(), 3U);
    EXPECT_EQ(made[0].name, "psa-baseline-latest-audit");
    EXPECT_EQ(made[1].name, "psa-baseline-latest-audit-2");
    EXPECT_EQ(made[2].name, "psa-baseline-latest-audit-3");
    EXPECT_EQ(made[0].match.namespaces.size(), 256U);
    EXPECT_EQ(made[2].match.namespaces, std::vector<std::string>{"team-512"});
}

/// Labels that ask for something in every combination of the three modes.
std::vector<std::vector<label>> many_labels() {
    const std::vector<std::string> levels = {"", "privileged", "baseline", "restricted", "wrong"};
    std::vector<std::vector<label>> out;
    for (const std::string& enforce : levels) {
        for (const std::string& warn : levels) {
            for (const std::string& audit : levels) {
                std::vector<label> one = {{"enforce-version", "v1.34"}, {"audit-version", "v1.24"}};
                const auto add = [&](const std::string& key, const std::string& level) {
                    if (!level.empty()) {
                        one.push_back({key, level});
                    }
                };
                add("enforce", enforce);
                add("warn", warn);
                add("audit", audit);
                out.push_back(std::move(one));
            }
        }
    }
    return out;
}

bool has(const verdict& judged, action what) {
    return std::ranges::find(judged.violations, what, &violation::action)
           != judged.violations.end();
}

bool breaks(const pinned_level& at, const pod& subject) {
    return !evaluate(at.level, at.version, subject).empty();
}

TEST(FromPsa, GivesTheVerdictsOfTheLabels) {
    const std::vector<fixture> pods = all_fixtures();
    for (const std::vector<label>& labels : many_labels()) {
        const labelled_namespace space = labelled("prod", labels);
        const namespace_levels& levels = space.levels;
        const std::vector<policy_document> made = policies_from_labels({&space, 1});
        const auto policies = made.empty() ? std::make_unique<policy_set>(made)
                                           : testing_support::policies_of(texts_of(made));
        for (std::size_t i = 0; i < pods.size(); i += 7) {
            testing_support::judged_request request(pods[i].text);
            for (const scope judged_as : {scope::pod, scope::workload}) {
                request->scope = judged_as;
                const verdict got = request.verdict(*policies);
                const pod& subject = *request->object;
                const bool denied = judged_as == scope::pod && breaks(levels.enforce, subject);
                EXPECT_EQ(!got.allowed(), denied) << pods[i].path;
                EXPECT_EQ(has(got, action::audit), breaks(levels.audit, subject)) << pods[i].path;
                if (!denied) {
                    EXPECT_EQ(has(got, action::warn), breaks(levels.warn, subject)) << pods[i].path;
                }
            }
        }
    }
}

} // namespace
} // namespace gatehouse::policy
