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
    return {image(text), std::move(sources)};
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
