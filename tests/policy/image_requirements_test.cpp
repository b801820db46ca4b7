#include "policy/image_requirements.h"

#include "tests/support/signature_policies.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using testing::ElementsAre;
using testing::IsEmpty;

const std::string by_tag = "reg.example/app:1";
const std::string by_digest = "reg.example/app@" + digest_text('a');

reference image(const std::string& text) { return reference::parse(text).value(); }

signature_entry with_tags(tag_mode mode) {
    signature_entry out = kms();
    out.tags = mode;
    return out;
}

signature_entry decided(static_decision how) {
    authority platform;
    platform.name = "platform";
    platform.fixed = how;
    return entry_of({platform});
}

evidence signed_image(const std::string& text) {
    evidence out;
    out.images.push_back(evidence_of(text, 'a', {signed_by("P-256", 'a')}));
    return out;
}

/// What is asked of an image, whatever else is in it.
requirement_answer only_answer(
    const policy_set& policies,
    const std::string& text,
    const evidence& known
) {
    const auto answers = image_requirements(image(text), "default", policies).judge(known);
    EXPECT_EQ(answers.size(), 1U);
    return answers.at(0);
}

std::vector<policy_document> one(policy_document document) {
    std::vector<policy_document> out;
    out.push_back(std::move(document));
    return out;
}

TEST(ImageRequirements, NameTheSignersOfAnEntry) {
    signature_entry two = entry_of({signer("kms", {"P-256"}), signer("ci", {"P-384"})});
    const policy_set policies(one(policy_of({two})));
    const evidence known = signed_image(by_digest);
    const requirement_answer got = only_answer(policies, by_digest, known);
    EXPECT_TRUE(got.is_satisfied());
    EXPECT_EQ(got.signature.standing, signature_standing::satisfied);
    ASSERT_EQ(got.signature.authorities.size(), 2U);
    EXPECT_EQ(got.signature.authorities[0].signer->name, "kms");
    ASSERT_EQ(got.signature.authorities[0].signatures.size(), 1U);
    EXPECT_EQ(got.signature.authorities[0].signatures[0]->where, "layer 1");
    EXPECT_EQ(got.signature.authorities[1].signer->name, "ci");
    EXPECT_THAT(got.signature.authorities[1].signatures, IsEmpty());
}

TEST(ImageRequirements, SayWhySignaturesDoNotCount) {
    signature_entry annotated = kms();
    annotated.annotations = {{"env", "prod"}};
    const policy_set policies(one(policy_of({annotated})));
    const evidence known = signed_image(by_digest);
    const requirement_answer got = only_answer(policies, by_digest, known);
    EXPECT_FALSE(got.is_satisfied());
    EXPECT_EQ(got.signature.standing, signature_standing::not_by_signers);
    ASSERT_EQ(got.signature.authorities.size(), 1U);
    EXPECT_THAT(
        got.signature.authorities[0].objections, ElementsAre("signed it without the annotation env")
    );
}

TEST(ImageRequirements, TellStandingsApart) {
    const policy_set policies(one(policy_of({kms()})));
    evidence known;
    EXPECT_EQ(
        only_answer(policies, by_digest, known).signature.standing, signature_standing::unknown
    );
    known.images.push_back(evidence_of(by_digest, 'a', {}));
    EXPECT_EQ(
        only_answer(policies, by_digest, known).signature.standing, signature_standing::not_signed
    );
    const policy_set refusing(one(policy_of({decided(static_decision::fail)})));
    EXPECT_EQ(
        only_answer(refusing, by_digest, known).signature.standing, signature_standing::refused
    );
}

TEST(ImageRequirements, HoldATagAgainstAnImageUnlessItIsAllowed) {
    const evidence known = signed_image(by_tag);
    const policy_set denies(one(policy_of({with_tags(tag_mode::deny)})));
    const requirement_answer denied = only_answer(denies, by_tag, known);
    EXPECT_FALSE(denied.is_satisfied());
    EXPECT_EQ(denied.signature.standing, signature_standing::satisfied);
    ASSERT_TRUE(denied.by_tag);
    EXPECT_EQ(
        denied.by_tag->text,
        "image reg.example/app:1 is not named by digest; write reg.example/app@" + digest_text('a')
    );
    const policy_set warns(one(policy_of({with_tags(tag_mode::warn)})));
    EXPECT_TRUE(only_answer(warns, by_tag, known).is_satisfied());
    EXPECT_TRUE(only_answer(warns, by_tag, known).by_tag);
    const policy_set allows(one(policy_of({with_tags(tag_mode::allow)})));
    EXPECT_FALSE(only_answer(allows, by_tag, known).by_tag);
}

TEST(ImageRequirements, AskNothingForWhatIsDecidedStatically) {
    const policy_set policies(one(policy_of({decided(static_decision::pass)})));
    const image_requirements asked(image(by_tag), "default", policies);
    EXPECT_THAT(asked.wants(), IsEmpty());
    const auto answers = asked.judge({});
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_TRUE(answers[0].is_satisfied());
    EXPECT_FALSE(answers[0].by_tag);
}

TEST(ImageRequirements, AskOnceForAllEntries) {
    signature_entry ci = entry_of({signer("ci", {"P-384"})});
    ci.name = "second";
    const policy_set policies(one(policy_of({kms(), ci})));
    const auto wants = image_requirements(image(by_tag), "default", policies).wants();
    ASSERT_EQ(wants.size(), 1U);
    ASSERT_EQ(wants[0].sources.size(), 1U);
    EXPECT_EQ(wants[0].sources[0].keys.size(), 2U);
}

TEST(ImageRequirements, KnowTheNamespaceOfPatterns) {
    signature_entry own = kms();
    own.images = patterns({"reg.example/$(namespace)/**"});
    const policy_set policies(one(policy_of({own})));
    const reference inside = image("reg.example/prod/app:1");
    EXPECT_EQ(image_requirements(inside, "prod", policies).judge({}).size(), 1U);
    EXPECT_THAT(image_requirements(inside, "test", policies).judge({}), IsEmpty());
}

/// One policy selects the image and another does not.
std::vector<policy_document> beside(unsigned_images mode) {
    policy_document other = policy_of({});
    other.name = "q";
    other.unsigned_image = mode;
    auto out = one(policy_of({with_tags(tag_mode::allow)}));
    out.push_back(std::move(other));
    return out;
}

TEST(ImageRequirements, CountUnsignedImagesOfEachPolicyThatSelectsNothing) {
    const evidence known = signed_image(by_tag);
    const policy_set allows(beside(unsigned_images::allow));
    EXPECT_TRUE(only_answer(allows, by_tag, known).is_satisfied());
    for (const unsigned_images mode : {unsigned_images::warn, unsigned_images::deny}) {
        const policy_set policies(beside(mode));
        const auto answers = image_requirements(image(by_tag), "default", policies).judge(known);
        ASSERT_EQ(answers.size(), 2U);
        EXPECT_EQ(answers[1].entry, nullptr);
        EXPECT_EQ(answers[1].policy->name, "q");
        EXPECT_EQ(answers[1].is_satisfied(), mode == unsigned_images::warn);
        ASSERT_TRUE(answers[1].signature.found);
        EXPECT_EQ(
            answers[1].signature.found->text,
            "image reg.example/app:1 could not be verified: no signatures entry of the policy "
            "selects it; use an image that one selects"
        );
    }
}

} // namespace
} // namespace gatehouse::policy
