#include "policy/document/validate.h"

#include "tests/support/policy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::policy_named;
using testing_support::texts;

const std::string configuration = "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n";

TEST(ValidateDocuments, ReadsEachByItsKind) {
    const std::vector<policy_source> sources = {
        {"a.yaml", policy_named("a") + "---\n" + configuration},
        {"b.yaml", configuration + "---\n" + configuration + "---\n" + policy_named("b")}};
    const validated_documents got = validate_documents(sources);
    EXPECT_THAT(texts(got.errors), IsEmpty());
    EXPECT_EQ(got.configurations, 3U);
    ASSERT_EQ(got.policies.size(), 2U);
    EXPECT_EQ(got.policies[0].name, "a");
    EXPECT_EQ(got.policies[1].name, "b");
}

TEST(ValidateDocuments, TellsTheErrorsOfBoth) {
    const std::vector<policy_source> sources = {
        {"a.yaml", configuration + "registrys: []\n---\n" + policy_named("A")}};
    const validated_documents got = validate_documents(sources);
    EXPECT_EQ(got.configurations, 0U);
    EXPECT_THAT(
        texts(got.errors),
        ElementsAre(
            "a.yaml:3:1: registrys: unknown field; did you mean registries?",
            "a.yaml:7:18: metadata.name: \"A\" is not a DNS subdomain: lower-case letters, digits, "
            "\"-\" and \".\", with a letter or digit at both ends and beside every dot"
        )
    );
}

TEST(ValidateDocuments, TakesWhatIsOfNoKindOrOfAnotherForAPolicy) {
    const std::vector<policy_source> sources = {
        {"none.yaml", "registries: []\n"},
        {"list.yaml", "kind: [ServerConfiguration]\n"},
        {"other.yaml", "? [kind]\n: ServerConfiguration\nkind: Pod\n"},
        {"empty.yaml", "# nothing\n"}};
    const validated_documents got = validate_documents(sources);
    EXPECT_EQ(got.configurations, 0U);
    const std::vector<std::string> lines = texts(got.errors);
    EXPECT_THAT(
        lines,
        testing::IsSupersetOf(
            {"none.yaml:1:1: kind: is required",
             "none.yaml:1:1: registries: unknown field; known here: apiVersion, kind, metadata, "
             "spec, "
             "status",
             "list.yaml:1:7: kind: must be one value, not a list",
             "other.yaml:3:7: kind: must be AdmissionPolicy, not \"Pod\"",
             "empty.yaml:1:1: there is no policy and no configuration in this file"}
        )
    ) << testing::PrintToString(lines);
}

} // namespace
} // namespace gatehouse::policy
