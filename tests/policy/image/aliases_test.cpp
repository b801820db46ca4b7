#include "policy/image/aliases.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

registry_aliases aliases() {
    return registry_aliases({
        {"images.bank.example", "bank.swr.example"},
        {"other.bank.example:5000", "bank.swr.example"},
        {"hub.example", "docker.io"},
        {"long.example", std::string(60, 'a') + ".example"},
        {"ghcr.io", "mirror.example:8443"},
    });
}

struct fold_case {
    std::string name;
    std::string text;
    std::string folded;
};

class FoldedReference : public testing::TestWithParam<fold_case> {};

TEST_P(FoldedReference, NamesTheHost) {
    const auto folded = aliases().fold(reference::parse(GetParam().text).value());
    ASSERT_TRUE(folded) << folded.error().detail();
    EXPECT_EQ(folded.value().text(), GetParam().folded);
    EXPECT_EQ(folded.value(), reference::parse(GetParam().folded).value());
}

const std::string digest = "@sha256:" + std::string(64, 'a');

INSTANTIATE_TEST_SUITE_P(
    References,
    FoldedReference,
    testing::Values(
        fold_case{"Alias", "images.bank.example/core/a:1", "bank.swr.example/core/a:1"},
        fold_case{"UpperCase", "Images.Bank.example:443/core/a", "bank.swr.example/core/a:latest"},
        fold_case{"Digest", "images.bank.example/a" + digest, "bank.swr.example/a" + digest},
        fold_case{"Port", "other.bank.example:5000/a:1", "bank.swr.example/a:1"},
        fold_case{"OtherPort", "other.bank.example/a:1", "other.bank.example/a:1"},
        fold_case{"HostItself", "bank.swr.example/a:1", "bank.swr.example/a:1"},
        fold_case{"BelowAnAlias", "x.images.bank.example/a:1", "x.images.bank.example/a:1"},
        fold_case{"OfDockerHub", "hub.example/nginx:1", "docker.io/library/nginx:1"},
        fold_case{"HostWithPort", "ghcr.io/a/b:1", "mirror.example:8443/a/b:1"}
    ),
    testing_support::case_name()
);

TEST(RegistryAliases, RefuseANameThatBecomesTooLong) {
    const std::string path(255 - 1 - std::string("long.example").size(), 'p');
    const auto folded = aliases().fold(reference::parse("long.example/" + path).value());
    ASSERT_FALSE(folded);
    EXPECT_EQ(folded.error().code(), errc::malformed);
    EXPECT_EQ(
        folded.error().detail(),
        "the name has 311 characters with its registry; at most 255 are allowed"
    );
}

TEST(RegistryAliases, NoneLeaveEverythingAsItIs) {
    const registry_aliases none;
    EXPECT_TRUE(none.empty());
    EXPECT_FALSE(aliases().empty());
    EXPECT_EQ(
        none.fold(reference::parse("a.example/b").value()).value().text(), "a.example/b:latest"
    );
}

struct pattern_case {
    std::string name;
    std::string pattern;
    std::string image; ///< folded before it is matched
    bool matches = true;
};

class FoldedPattern : public testing::TestWithParam<pattern_case> {};

TEST_P(FoldedPattern, MatchesFoldedReferences) {
    const image_pattern pattern = aliases().fold(image_pattern::parse(GetParam().pattern).value());
    const reference image = aliases().fold(reference::parse(GetParam().image).value()).value();
    EXPECT_EQ(pattern.matches(image, "team", pattern_use::permit), GetParam().matches);
    EXPECT_EQ(pattern.text(), GetParam().pattern) << "messages quote what was written";
}

INSTANTIATE_TEST_SUITE_P(
    Patterns,
    FoldedPattern,
    testing::Values(
        pattern_case{"AliasForHost", "images.bank.example/core/**", "bank.swr.example/core/a"},
        pattern_case{"HostForAlias", "bank.swr.example/core/**", "images.bank.example/core/a"},
        pattern_case{"AliasForAlias", "images.bank.example/*", "other.bank.example:5000/a"},
        pattern_case{"OtherPath", "images.bank.example/core/**", "bank.swr.example/x/a", false},
        pattern_case{"Tag", "images.bank.example/a:1.*", "bank.swr.example/a:1.2"},
        pattern_case{"OtherTag", "images.bank.example/a:1.*", "bank.swr.example/a:2", false},
        pattern_case{"OfficialName", "hub.example/nginx", "nginx"},
        pattern_case{"AllOfDockerHub", "hub.example/**", "user/app"},
        pattern_case{"Namespace", "hub.example/$(namespace)/app", "team/app"},
        pattern_case{"AnyRegistry", "**/app", "images.bank.example/app"},
        pattern_case{"WildcardOverHost", "*.swr.example/app", "images.bank.example/app"},
        pattern_case{"WildcardOverAlias", "*.bank.example/app", "images.bank.example/app", false}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::policy
