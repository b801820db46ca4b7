#include "tests/support/judging.h"

#include "policy/document/parse.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

namespace gatehouse::testing_support {

std::unique_ptr<policy::policy_set> policies_of(std::string_view yaml) {
    const std::array sources = {policy::policy_source{"policy.yaml", std::string(yaml)}};
    policy::parsed_policies parsed = policy::parse_policies(sources);
    for (const policy::diagnostic& error : parsed.errors) {
        ADD_FAILURE() << error.text();
    }
    return std::make_unique<policy::policy_set>(std::move(parsed.policies));
}

std::unique_ptr<policy::policy_set> policy_with(std::string_view spec) {
    return policies_of(fmt::format(
        "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {{name: p}}\nspec: "
        "{{{}}}\n",
        spec
    ));
}

judged_request::judged_request(std::string_view object) {
    request_.about.uid = "u";
    request_.about.resource = {"", "pods"};
    request_.about.kind = "Pod";
    request_.about.name = "web";
    request_.about.namespace_name = "prod";
    request_.about.user = "alice";
    request_.object_kind = "Pod";
    request_.object_name = "web";
    request_.object = decode(object);
}

void judged_request::set_old(std::string_view object) {
    request_.about.operation = policy::operation::update;
    request_.old_object = decode(object);
}

const policy::pod* judged_request::decode(std::string_view object) {
    simdjson::dom::parser parser;
    std::string text(object);
    if (text.find("\"spec\"") == std::string::npos) {
        text = "{\"spec\":" + text + "}";
    }
    const policy::decoded_pod decoded =
        policy::decode_pod(parser.parse(simdjson::padded_string(text)), "object", memory_);
    EXPECT_NE(decoded.value, nullptr) << decoded.error.field << ": " << decoded.error.problem;
    return decoded.value;
}

policy::verdict judged_request::verdict(
    const policy::policy_set& policies,
    std::chrono::sys_days today
) {
    return policy::decide(policy::make_plan(request_, policies, today));
}

std::vector<std::string> judged_request::lines(const policy::policy_set& policies) {
    return lines_of(verdict(policies));
}

std::vector<std::string> lines_of(const policy::verdict& verdict) {
    std::vector<std::string> out;
    for (const policy::violation& v : verdict.violations) {
        out.push_back(
            fmt::format("{} {}: {}{}", name_of(v.action), v.field, v.message, policies_suffix(v))
        );
    }
    return out;
}

} // namespace gatehouse::testing_support
