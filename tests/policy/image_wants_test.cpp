#include "policy/image_wants.h"

#include "tests/support/signature_policies.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using testing::ElementsAre;

reference image(const std::string& text) { return reference::parse(text).value(); }

/// "image: repository with so many keys, ...".
std::vector<std::string> lines_of(const std::vector<image_want>& wants) {
    std::vector<std::string> out;
    for (const image_want& one : wants) {
        std::string line = one.image.text() + ":";
        for (const signature_source& source : one.sources) {
            line += fmt::format(" {} with {} keys", source.repository, source.keys.size());
        }
        out.push_back(std::move(line));
    }
    return out;
}

image_want want(const std::string& text, std::vector<signature_source> sources) {
    return {image(text), std::move(sources), {}};
}

TEST(ImageWants, AskForAnImageOfTwoRequestsOnce) {
    image_wants all;
    all.add(want("reg.example/app:1", {{"reg.example/app", {test_key("P-256")}}}));
    all.add(want("reg.example/app:2", {}));
    all.add(want("reg.example/app:1", {{"reg.example/app", {test_key("P-256")}}}));
    EXPECT_THAT(
        lines_of(all.take()),
        ElementsAre("reg.example/app:1: reg.example/app with 1 keys", "reg.example/app:2:")
    );
}

TEST(ImageWants, JoinPlacesAndKeysOfRequests) {
    image_wants all;
    all.add(want("reg.example/app:1", {{"reg.example/app", {test_key("P-256")}}}));
    all.add(want(
        "reg.example/app:1",
        {{"reg.example/app", {test_key("P-384"), test_key("P-256")}},
         {"reg.example/signatures", {test_key("P-256")}}}
    ));
    EXPECT_THAT(
        lines_of(all.take()),
        ElementsAre("reg.example/app:1: reg.example/app with 2 keys reg.example/signatures with 1 "
                    "keys")
    );
}

user_want user_of(bool user_id, bool groups, const std::string& architecture) {
    user_want out;
    out.config = true;
    out.user_id = user_id;
    out.groups = groups;
    out.architecture = architecture;
    return out;
}

TEST(ImageWants, JoinWhatIsWantedOfAUser) {
    image_wants all;
    all.add(image("reg.example/app:1"), user_of(true, false, "arm64"));
    all.add(image("reg.example/app:1"), user_of(false, true, "arm64"));
    all.add(want("reg.example/app:1", {})); // wants nothing of it, of no architecture
    image_want more = want("reg.example/app:2", {});
    more.user = user_of(true, false, "amd64");
    more.user.group_id = true;
    all.add(more);
    all.add(image("reg.example/app:2"), user_of(false, false, "arm64"));
    const std::vector<image_want> got = all.take();
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[0].user, user_of(true, true, "arm64"));
    user_want both = user_of(true, false, "");
    both.group_id = true;
    EXPECT_EQ(got[1].user, both);
}

TEST(ImageWants, OfAUserBesideSignatures) {
    image_wants all;
    all.add(want("reg.example/app:1", {{"reg.example/app", {test_key("P-256")}}}));
    all.add(image("reg.example/app:1"), user_of(true, false, "arm64"));
    const std::vector<image_want> got = all.take();
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].sources.size(), 1U);
    EXPECT_EQ(got[0].user, user_of(true, false, "arm64"));
}

TEST(ImageWants, LeaveOutKeysThatAreNotBound) {
    authority unbound;
    unbound.keys.emplace_back();
    image_wants all;
    all.add(image("reg.example/app:1"), entry_of({unbound}));
    EXPECT_THAT(
        lines_of(all.take()), ElementsAre("reg.example/app:1: reg.example/app with 0 keys")
    );
}

} // namespace
} // namespace gatehouse::policy
