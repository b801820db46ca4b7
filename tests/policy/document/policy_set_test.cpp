// What holds between documents and files: names, order, limits; and how their messages look.
#include "policy/document/parse.h"
#include "tests/support/policy_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::parsed;
using testing_support::policy_named;
using testing_support::policy_text_with;
using testing_support::texts;

std::vector<std::string> errors_of_sources(const std::vector<policy_source>& sources) {
    return texts(parse_policies(sources).errors);
}

TEST(PolicySet, NamesAreUniqueInAFile) {
    EXPECT_THAT(
        errors_of_sources({{"a.yaml", policy_named("p") + "---\n" + policy_named("p")}}),
        ElementsAre("a.yaml:8:18: metadata.name: \"p\" is the name of another policy too, at "
                    "a.yaml:3:18")
    );
}

TEST(PolicySet, NamesAreUniqueAcrossFiles) {
    EXPECT_THAT(
        errors_of_sources({{"a.yaml", policy_named("p")}, {"b.yaml", policy_named("p")}}),
        ElementsAre("b.yaml:3:18: metadata.name: \"p\" is the name of another policy too, at "
                    "a.yaml:3:18")
    );
}

TEST(PolicySet, IsInTheOrderOfItsSources) {
    const std::vector<policy_source> sources = {
        {"z.yaml", policy_named("z")}, {"a.yaml", policy_named("a")}};
    const parsed_policies read = parse_policies(sources);
    ASSERT_EQ(read.policies.size(), 2U);
    EXPECT_EQ(read.policies[0].name, "z");
}

TEST(PolicySet, OfNoFilesIsAnError) {
    EXPECT_THAT(errors_of_sources({}), ElementsAre("there is no policy file"));
}

TEST(PolicySet, EveryFileMustHoldAPolicy) {
    EXPECT_THAT(
        errors_of_sources({{"a.yaml", policy_named("p")}, {"b.yaml", "# later\n"}}),
        ElementsAre("b.yaml:1:1: there is no policy in this file")
    );
}

TEST(PolicySet, IsBounded) {
    std::string text;
    for (int i = 0; i < 1024; ++i) {
        text += policy_named(fmt::format("p{}", i)) + "---\n";
    }
    EXPECT_THAT(errors_of_sources({{"a.yaml", text}}), IsEmpty());
    EXPECT_THAT(
        errors_of_sources(
            {{"a.yaml", text}, {"b.yaml", policy_named("a") + "---\n" + policy_named("b")}}
        ),
        ElementsAre("b.yaml:1:1: there are more than 1024 policies")
    );
}

TEST(PolicyHash, IsOfTheDocumentsText) {
    const std::string text = policy_text_with("");
    const parsed_policies read = parsed(text);
    ASSERT_THAT(texts(read.errors), IsEmpty());
    EXPECT_EQ(
        read.policies[0].hash, "c494b04de8d35eb66b35c2cebafae2d671cf068d54def0517e10c7e4f51ea6e2"
    );
    EXPECT_NE(parsed(text + "# a\n").policies.at(0).hash, read.policies[0].hash);
}

TEST(DiagnosticText, CannotBeForgedByAFileName) {
    const diagnostic one{"a\nb.yaml", {1, 2}, "spec", "wrong"};
    EXPECT_EQ(one.text(), "a\\nb.yaml:1:2: spec: wrong");
}

} // namespace
} // namespace gatehouse::policy
