#include "tests/support/case_name.h"
#include "tests/support/judging.h"

#include <gmock/gmock.h>

namespace gatehouse::policy {
namespace {

using testing_support::judged_request;
using testing_support::policy_with;

const std::string digest = "@sha256:" + std::string(64, 'a');

struct image_case {
    std::string name;
    std::string images; ///< inside `images`
    std::string image;  ///< of the container
    std::vector<std::string> lines;
};

class Images : public testing::TestWithParam<image_case> {};

TEST_P(Images, AreJudged) {
    const image_case& row = GetParam();
    const auto policies = policy_with("images: {" + row.images + "}");
    judged_request request(R"({"containers":[{"name":"app","image":")" + row.image + R"("}]})");
    EXPECT_EQ(request.lines(*policies), row.lines);
}

std::string line(const std::string& text) {
    return "Deny spec.containers[0].image: container \"app\" " + text;
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    Images,
    testing::Values(
        image_case{"Allowed", R"(allow: ["reg.example/**"])", "reg.example/a/b:1", {}},
        image_case{
            "NotAllowed",
            R"(allow: ["reg.example/**", "b.example/c"])",
            "nginx:1.27",
            {line("image docker.io/library/nginx:1.27 is not from an allowed registry; allowed: "
                  "reg.example/**, b.example/c [p/image-registry]")}},
        image_case{
            "LookAlike",
            R"(allow: ["reg.example/app"])",
            "reg.example/app-x:1",
            {line("image reg.example/app-x:1 is not from an allowed registry; allowed: "
                  "reg.example/app [p/image-registry]")}},
        image_case{
            "DenyWins",
            R"(allow: ["reg.example/**"], deny: ["**/legacy/**"])",
            "reg.example/legacy/a:1",
            {line("image reg.example/legacy/a:1 is denied by the pattern **/legacy/**; use another "
                  "image [p/image-registry]")}},
        image_case{"OnlyDeny", R"(deny: ["**/legacy/**"])", "reg.example/a:1", {}},
        image_case{
            "Namespace",
            R"x(allow: ["reg.example/$(namespace)/**"])x",
            "reg.example/prod/a:1",
            {}},
        image_case{
            "OtherNamespace",
            R"x(allow: ["reg.example/$(namespace)/**"])x",
            "reg.example/dev/a:1",
            {line("image reg.example/dev/a:1 is not from an allowed registry; allowed: "
                  "reg.example/$(namespace)/** [p/image-registry]")}},
        image_case{
            "DeniedTag",
            "denyTags: [latest]",
            "reg.example/a:latest",
            {line("image reg.example/a:latest has the denied tag latest; name a fixed version or a "
                  "digest [p/image-tag]")}},
        image_case{
            "AbsentTagIsLatest",
            "denyTags: [latest]",
            "reg.example/a",
            {line("image reg.example/a:latest has the denied tag latest; name a fixed version or a "
                  "digest [p/image-tag]")}},
        image_case{
            "DeniedTagGlob",
            R"(denyTags: ["*-snapshot"])",
            "reg.example/a:1-snapshot",
            {line("image reg.example/a:1-snapshot has the denied tag 1-snapshot (pattern "
                  "*-snapshot); name a fixed version or a digest [p/image-tag]")}},
        image_case{"OtherTag", "denyTags: [latest]", "reg.example/a:1", {}},
        image_case{
            "WithADigestNoTagIsJudged",
            "denyTags: [latest]",
            "reg.example/a:latest" + digest,
            {}},
        image_case{
            "DigestIsRequired",
            "requireDigest: true",
            "reg.example/a:1",
            {line("image reg.example/a:1 is not named by digest; write "
                  "reg.example/a@sha256:<digest> [p/image-digest]")}},
        image_case{"DigestIsThere", "requireDigest: true", "reg.example/a" + digest, {}},
        image_case{
            "Empty",
            "denyTags: [latest]",
            "",
            {line("has no image; set one such as registry.example/app:1.0 [p/image-reference]")}}
    ),
    testing_support::case_name()
);

TEST(Images, AreReadFromAllFourPlaces) {
    const auto policies = policy_with("images: {denyTags: [bad]}");
    judged_request request(
        R"({"containers":[{"name":"c","image":"a:bad"}],"initContainers":[{"name":"i","image":"a:bad"}],)"
        R"("ephemeralContainers":[{"name":"e","image":"a:bad"}],)"
        R"("volumes":[{"name":"x","emptyDir":{}},{"name":"v","image":{"reference":"a:bad"}}]})"
    );
    const std::string text = " image docker.io/library/a:bad has the denied tag bad; name a fixed "
                             "version or a digest [p/image-tag]";
    EXPECT_THAT(
        request.lines(*policies),
        testing::ElementsAre(
            "Deny spec.initContainers[0].image: init container \"i\"" + text,
            "Deny spec.containers[0].image: container \"c\"" + text,
            "Deny spec.ephemeralContainers[0].image: ephemeral container \"e\"" + text,
            "Deny spec.volumes[1].image.reference: volume \"v\"" + text
        )
    );
}

TEST(Images, WhatIsNoReferenceIsSaidOnce) {
    const auto policies =
        policy_with(R"(images: {allow: ["reg.example/**"], requireDigest: true})");
    judged_request request(R"({"containers":[{"name":"app","image":"reg.example/A b"}]})");
    const auto lines = request.lines(*policies);
    ASSERT_THAT(lines, testing::SizeIs(1));
    EXPECT_THAT(
        lines.front(),
        testing::AllOf(
            testing::StartsWith(line("image \"reg.example/A b\" is not a valid image reference: ")),
            testing::EndsWith(" [p/image-reference]")
        )
    );
}

TEST(Images, AnInvalidReferenceIsAViolationOfAnyImagesSection) {
    const auto policies = policy_with("images: {denyTags: [never]}");
    judged_request request(R"({"containers":[{"name":"app","image":"reg.example/a:"}]})");
    EXPECT_THAT(
        request.lines(*policies), testing::ElementsAre(testing::EndsWith("[p/image-reference]"))
    );
}

} // namespace
} // namespace gatehouse::policy
