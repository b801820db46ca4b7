#include "server/router.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace gatehouse::server {
namespace {

handler named(std::string name) {
    return [name](const request_view&) -> reply { return plain_text(200, name); };
}

router two_paths() {
    return router(
        {{"/validate", http_method::post, named("validate")},
         {"/both", http_method::get, named("read")},
         {"/both", http_method::post, named("write")}}
    );
}

std::string body_of(const handler& one) { return std::get<response>(one(request_view{})).body; }

struct found_case {
    std::string name;
    http_method method;
    std::string path;
    std::string body;
};

class RouterFinds : public testing::TestWithParam<found_case> {};

TEST_P(RouterFinds, TheHandler) {
    const router routes = two_paths();
    const auto found = routes.find(GetParam().method, GetParam().path);
    ASSERT_TRUE(std::holds_alternative<const handler*>(found));
    EXPECT_EQ(body_of(*std::get<const handler*>(found)), GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(
    Router,
    RouterFinds,
    testing::Values(
        found_case{"Post", http_method::post, "/validate", "validate\n"},
        found_case{"TrailingSlash", http_method::post, "/validate/", "validate\n"},
        found_case{"Get", http_method::get, "/both", "read\n"},
        found_case{"HeadAsGet", http_method::head, "/both", "read\n"},
        found_case{"SecondMethodOfAPath", http_method::post, "/both", "write\n"}
    ),
    testing_support::case_name()
);

struct refused_case {
    std::string name;
    http_method method;
    std::string path;
    unsigned status;
    std::string allow;
};

class RouterRefuses : public testing::TestWithParam<refused_case> {};

TEST_P(RouterRefuses, WithTheStatus) {
    const router routes = two_paths();
    const auto found = routes.find(GetParam().method, GetParam().path);
    ASSERT_TRUE(std::holds_alternative<response>(found));
    const auto& refusal = std::get<response>(found);
    EXPECT_EQ(refusal.status, GetParam().status);
    EXPECT_EQ(refusal.extra.value, GetParam().allow);
    EXPECT_EQ(refusal.content_type, "text/plain");
}

INSTANTIATE_TEST_SUITE_P(
    Router,
    RouterRefuses,
    testing::Values(
        refused_case{"Root", http_method::post, "/", 404, ""},
        refused_case{"Empty", http_method::post, "", 404, ""},
        refused_case{"LongerPath", http_method::post, "/validate/x", 404, ""},
        refused_case{"TwoSlashes", http_method::post, "/validate//", 404, ""},
        refused_case{"OtherCase", http_method::post, "/Validate", 404, ""},
        refused_case{"GetOfAPost", http_method::get, "/validate", 405, "POST"},
        refused_case{"HeadOfAPost", http_method::head, "/validate/", 405, "POST"},
        refused_case{"UnknownMethod", http_method::other, "/both", 405, "GET, HEAD, POST"}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::server
