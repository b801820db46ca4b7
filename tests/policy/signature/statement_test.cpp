#include "policy/signature/statement.h"

#include "tests/support/case_name.h"
#include "tests/support/signed_image.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using nlohmann::json;
using testing_support::signed_image;
using testing_support::signing_statement;

const std::string own_hex(signed_image().hex());

json subject(json digests) { return {{"digest", std::move(digests)}}; }
json subjects(json list) { return {{"subject", std::move(list)}}; }

struct good_statement {
    std::string name;
    json patch;
    std::map<std::string, std::string> annotations = {{"env", "prod"}};
};

class GoodStatement : public testing::TestWithParam<good_statement> {};

TEST_P(GoodStatement, SaysThatTheImageIsSigned) {
    json statement = signing_statement();
    statement.merge_patch(GetParam().patch);
    const auto claim = read_statement(statement.dump(), signed_image());
    ASSERT_TRUE(claim) << claim.error().detail();
    EXPECT_EQ(claim.value().type, statement_type::cosign_sign);
    EXPECT_EQ(claim.value().identity, "");
    EXPECT_EQ(claim.value().annotations, GetParam().annotations);
}

json many_subjects(std::size_t count) {
    json list = json::array();
    for (std::size_t i = 1; i < count; ++i) {
        list.push_back(subject({{"sha256", "0"}}));
    }
    list.push_back(subject({{"sha256", own_hex}}));
    return subjects(std::move(list));
}

json subject_with_digests(std::size_t count) {
    json digests = {{"sha256", own_hex}};
    for (std::size_t i = 1; i < count; ++i) {
        digests["other" + std::to_string(i)] = "0";
    }
    return subjects(json::array({subject(std::move(digests))}));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    GoodStatement,
    testing::Values(
        good_statement{"AsCosignWritesIt", json::object()},
        good_statement{"OfVersion01", {{"_type", "https://in-toto.io/Statement/v0.1"}}},
        good_statement{"WithoutPredicate", {{"predicate", nullptr}}},
        good_statement{"WithOtherMembers", {{"predicate", {{"a", 1}}}, {"other", {1, 2}}}},
        good_statement{
            "WithOtherSubjects",
            subjects(
                {nullptr,
                 "text",
                 json{{"name", "x"}},
                 subject({{"sha256", "0"}}),
                 subject({{"sha512", own_hex}}),
                 subject({{"gitCommit", "1"}, {"sha256", own_hex}})}
            ),
            {}},
        good_statement{"WithManyDigests", subject_with_digests(32), {}},
        good_statement{
            "WithAnnotationsOfThatSubjectAlone",
            subjects(
                {json{{"digest", {{"sha256", "0"}}}, {"annotations", {{"env", "other"}}}},
                 json{{"digest", {{"sha256", own_hex}}}, {"annotations", {{"a", "b"}, {"c", 1}}}}}
            ),
            {{"a", "b"}}}
    ),
    testing_support::case_name()
);

TEST(Statement, MayHaveManySubjects) {
    json statement = signing_statement();
    statement.merge_patch(many_subjects(1024));
    EXPECT_TRUE(read_statement(statement.dump(), signed_image()));
    statement.merge_patch(many_subjects(1025));
    const auto refused = read_statement(statement.dump(), signed_image());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail(), "its statement has more than 1024 subjects");
}

TEST(Statement, NamesAnImageByItsLongDigest) {
    const digest image = digest::of("manifest", digest_algorithm::sha512);
    json statement = signing_statement();
    statement["subject"][0]["digest"] = {{"sha512", image.hex()}};
    EXPECT_TRUE(read_statement(statement.dump(), image));
}

struct bad_statement {
    std::string name;
    json patch;
    std::string problem;
};

class BadStatement : public testing::TestWithParam<bad_statement> {};

TEST_P(BadStatement, IsRefusedWithTheReason) {
    json statement = signing_statement();
    statement.merge_patch(GetParam().patch);
    const auto claim = read_statement(statement.dump(), signed_image());
    ASSERT_FALSE(claim);
    EXPECT_EQ(claim.error().code(), errc::malformed);
    EXPECT_EQ(claim.error().detail(), GetParam().problem);
}

std::string upper(std::string text) {
    for (char& c : text) {
        c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return text;
}

const std::string no_statement = "its payload is not an in-toto statement of version 0.1 or 1";
const std::string another = "its statement is about another image";

INSTANTIATE_TEST_SUITE_P(
    All,
    BadStatement,
    testing::Values(
        bad_statement{"NoObject", json::array(), no_statement},
        bad_statement{"NoType", {{"_type", nullptr}}, no_statement},
        bad_statement{"OtherType", {{"_type", "https://in-toto.io/Statement/v2"}}, no_statement},
        bad_statement{
            "NoPredicateType",
            {{"predicateType", nullptr}},
            "its statement has no predicateType"},
        bad_statement{
            "PredicateTypeIsAList",
            {{"predicateType", {"x"}}},
            "its statement has no predicateType"},
        bad_statement{
            "Provenance",
            {{"predicateType", "https://slsa.dev/provenance/v1"}},
            "is an attestation of type https://slsa.dev/provenance/v1, not an image "
            "signature"},
        bad_statement{
            "AlmostTheType",
            {{"predicateType", "https://sigstore.dev/cosign/sign/v1 "}},
            "is an attestation of type \"https://sigstore.dev/cosign/sign/v1 \", not an "
            "image signature"},
        bad_statement{
            "UnprintableType",
            {{"predicateType", "a\nb"}},
            "is an attestation of type \"a\\nb\", not an image signature"},
        bad_statement{"NoSubject", subjects(nullptr), "its statement has no subject"},
        bad_statement{
            "SubjectIsNoList",
            subjects(subject({{"sha256", own_hex}})),
            "its statement has no subject"},
        bad_statement{"ZeroSubjects", subjects(json::array()), another},
        bad_statement{"OtherImage", subjects(json::array({subject({{"sha256", "0"}})})), another},
        bad_statement{"NameIsTheDigest", subjects(json::array({json{{"name", own_hex}}})), another},
        bad_statement{
            "OtherAlgorithm",
            subjects(json::array({subject({{"sha512", own_hex}})})),
            another},
        bad_statement{
            "UpperCase",
            subjects(json::array({subject({{"sha256", upper(own_hex)}})})),
            another},
        bad_statement{"DigestIsAText", subjects(json::array({subject(own_hex)})), another},
        bad_statement{
            "TooManyDigests",
            subject_with_digests(33),
            "its statement has a subject with more than 32 digests"},
        bad_statement{
            "AnnotationsAreAList",
            subjects(json::array(
                {json{{"digest", {{"sha256", own_hex}}}, {"annotations", {"env", "prod", "x"}}}}
            )),
            "its statement's annotations are not an object"}
    ),
    testing_support::case_name()
);

TEST(Statement, MustBeStrictJson) {
    const auto problem_of = [](std::string_view text) {
        const auto claim = read_statement(text, signed_image());
        return claim ? "taken" : claim.error().detail();
    };
    std::string twice = signing_statement().dump();
    twice.insert(1, R"("predicateType":"https://slsa.dev/provenance/v1",)");
    EXPECT_EQ(problem_of(twice), "its statement has \"predicateType\" twice");
    EXPECT_EQ(problem_of(""), "its statement is not JSON (byte 1)");
    EXPECT_EQ(
        problem_of("\xef\xbb\xbf" + signing_statement().dump()),
        "its statement starts with a byte order mark"
    );
}

} // namespace
} // namespace gatehouse::policy
