#include "policy/verdict.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;

violation violated(
    std::string message,
    action what = action::deny,
    std::vector<std::string_view> policies = {"p"}
) {
    return {
        .action = what,
        .policies = std::move(policies),
        .rule = rule_id::image_tag,
        .reason = cause_reason::forbidden,
        .where = {},
        .field = "spec",
        .message = std::move(message),
    };
}

verdict with(std::vector<violation> violations) {
    verdict out;
    out.violations = std::move(violations);
    return out;
}

TEST(SubjectText, QuotesWhatIsNoIdentifier) {
    EXPECT_EQ(subject_text("Pod", "prod", "web"), "Pod prod/web");
    EXPECT_EQ(subject_text("Pod", "", "web"), "Pod web");
    EXPECT_EQ(subject_text("Pod", "prod", "a\nb"), "Pod prod/\"a\\nb\"");
}

TEST(DenialMessage, IsOneLineForOneViolation) {
    EXPECT_EQ(
        denial_message(with({violated("container \"a\" x")}), "Pod prod/web"),
        "Pod prod/web: container \"a\" x [p/image-tag]"
    );
}

TEST(DenialMessage, HasAHeadForSeveral) {
    EXPECT_EQ(
        denial_message(with({violated("one"), violated("two")}), "Pod prod/web"),
        "Pod prod/web breaks 2 rules:\n- one [p/image-tag]\n- two [p/image-tag]"
    );
}

TEST(DenialMessage, LeavesOutWhatDoesNotDeny) {
    EXPECT_EQ(
        denial_message(
            with({violated("one", action::warn), violated("two"), violated("three", action::audit)}
            ),
            "Pod w"
        ),
        "Pod w: two [p/image-tag]"
    );
}

TEST(DenialMessage, NamesAllPolicies) {
    EXPECT_EQ(
        denial_message(with({violated("x", action::deny, {"a", "b"})}), "Pod w"),
        "Pod w: x [a/image-tag, b/image-tag]"
    );
}

TEST(DenialMessage, IsCutAtWholeLinesAndCountsTheRest) {
    std::vector<violation> many;
    for (int i = 0; i < 40; ++i) {
        many.push_back(violated(fmt::format("container \"c{}\" {}", i, std::string(100, 'x'))));
    }
    const std::string message = denial_message(with(many), "Pod prod/web");
    EXPECT_LE(message.size(), 880U);
    EXPECT_THAT(message, testing::StartsWith("Pod prod/web breaks 40 rules:\n- container \"c0\" "));
    EXPECT_THAT(message, testing::EndsWith("[p/image-tag]\n(and 34 more)"));
    EXPECT_EQ(std::ranges::count(message, '\n'), 7);
}

TEST(DenialMessage, KeepsThePolicyOfALineThatIsTooLong) {
    const std::string message = denial_message(with({violated(std::string(2000, 'x'))}), "Pod w");
    EXPECT_EQ(message.size(), 880U);
    EXPECT_THAT(message, testing::EndsWith("x... [p/image-tag]"));
}

TEST(DenialMessage, ShowsAtLeastOneLineOfMany) {
    const std::string message = denial_message(
        with({violated(std::string(2000, 'x')), violated(std::string(2000, 'y'))}), "Pod w"
    );
    EXPECT_LE(message.size(), 880U);
    EXPECT_THAT(message, testing::HasSubstr("x... [p/image-tag]\n(and 1 more)"));
}

TEST(PoliciesSuffix, IsCutAtWholeNames) {
    const std::string long_name(120, 'a');
    EXPECT_EQ(
        policies_suffix(violated("x", action::deny, {long_name, long_name, "b"})),
        " [" + long_name + "/image-tag]"
    );
}

TEST(Warnings, AreOneLineEachWithoutRepetition) {
    const auto warnings = warnings_of(
        with({violated("one", action::warn), violated("one", action::warn), violated("two")}),
        "Deployment prod/web"
    );
    EXPECT_THAT(warnings, ElementsAre("Deployment prod/web: one [p/image-tag]"));
}

TEST(Warnings, AreAtMostTen) {
    std::vector<violation> many;
    for (int i = 0; i < 30; ++i) {
        many.push_back(violated(std::to_string(i), action::warn));
    }
    EXPECT_EQ(warnings_of(with(many), "Pod w").size(), 10U);
}

TEST(Warnings, AreCutAtWhatTheApiServerKeeps) {
    const auto warnings =
        warnings_of(with({violated(std::string(500, 'x'), action::warn)}), "Pod prod/web");
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings.front().size(), 256U);
    EXPECT_THAT(warnings.front(), testing::EndsWith("x... [p/image-tag]"));
}

TEST(Warnings, TellOfExemptionsThatEnd) {
    verdict out = with({});
    out.further_warnings = {"exemption e ends", "exemption e ends"};
    EXPECT_THAT(warnings_of(out, "Pod w"), ElementsAre("exemption e ends"));
}

} // namespace
} // namespace gatehouse::policy
