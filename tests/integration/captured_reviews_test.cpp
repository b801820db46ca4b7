// AdmissionReviews captured from a real API server, judged by two policies: the verdicts, messages and
// warnings of tests/data/reviews/expected/. GATEHOUSE_UPDATE_GOLDENS=1 rewrites those files.

#include "tests/integration/api_server.h"
#include "tests/integration/test_server.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <vector>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

const std::filesystem::path reviews_directory = GATEHOUSE_TEST_DATA "/reviews";

std::vector<std::string> captured_reviews() {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(reviews_directory)) {
        if (entry.path().extension() == ".json") {
            out.push_back(entry.path().stem().string());
        }
    }
    std::ranges::sort(out);
    return out;
}

/// Only registry.k8s.io and users from 1000 on, templates included.
constexpr std::string_view allow_list_policy = R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: allow-list
spec:
  workloads: Deny
  runAs:
    runAsUser: {rule: MustRunAs, ranges: [{min: 1000, max: 65535}]}
  images:
    allow: ["registry.k8s.io/**"]
)";

/// What of a response is a promise to users.
json essence_of(json response) {
    response.erase("uid");
    if (response.contains("status")) {
        response["status"].erase("details");
    }
    return response;
}

/// "pod-create.create-pods" as a test name: "PodCreateCreatePods".
std::string camel_case_name(const testing::TestParamInfo<std::string>& review) {
    std::string name;
    bool upper = true;
    for (const char c : review.param) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
            upper = true;
            continue;
        }
        name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        upper = false;
    }
    return name;
}

class CapturedReview : public testing::TestWithParam<std::string> {
  protected:
    static gatehouse_process& default_server() {
        static gatehouse_process server({});
        return server;
    }
    static test_server& allow_list_server() {
        static test_server server({}, allow_list_policy);
        return server;
    }
};

TEST_P(CapturedReview, GetsItsVerdict) {
    const std::string review = text_of((reviews_directory / (GetParam() + ".json")).string());
    const json got = {
        {"default", essence_of(verdict_on(default_server().webhook_port(), review))},
        {"allow-list", essence_of(verdict_on(allow_list_server().port(), review))},
    };
    expect_golden(got.dump(2) + "\n", "reviews/expected/" + GetParam() + ".json");
}

INSTANTIATE_TEST_SUITE_P(
    All,
    CapturedReview,
    testing::ValuesIn(captured_reviews()),
    camel_case_name
);

TEST(CapturedReviews, HaveNoVerdictWithoutAReview) {
    std::set<std::string> expected;
    for (const auto& entry : std::filesystem::directory_iterator(reviews_directory / "expected")) {
        expected.insert(entry.path().stem().string());
    }
    const std::vector<std::string> reviews = captured_reviews();
    EXPECT_GT(reviews.size(), 30U);
    EXPECT_EQ(expected, std::set<std::string>(reviews.begin(), reviews.end()));
}

} // namespace
} // namespace gatehouse::testing_support
