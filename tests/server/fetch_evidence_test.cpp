#include "server/fetch_evidence.h"

#include "server/conversation_limits.h"
#include "tests/support/fixture_registry.h"
#include "tests/support/signature_fixtures.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: registries, keys and files that every line below is made of
using namespace std::chrono_literals;

policy::evidence fetch(
    const fixture_registry& from,
    const std::vector<std::string>& images,
    const evidence_limits& limits = {.an_image = 20s}
) {
    const temp_dir files;
    auto state = read_registry_state(files.write("config.yaml", from.configuration())).made;
    std::vector<policy::image_want> wants;
    for (const std::string& text : images) {
        const auto image = policy::reference::parse(from.host() + "/" + text).value();
        wants.push_back({image, {{std::string(image.name()), {fixture_key("p256")}}}});
    }
    const machine_clock time;
    return fetch_evidence(
        std::move(state),
        std::move(wants),
        limits,
        time,
        [](std::string_view what) { ADD_FAILURE() << what; }
    );
}

TEST(FetchEvidence, GetsDigestsAndSignatures) {
    const fixture_registry registry;
    const policy::evidence found = fetch(registry, {"team/cosign2-p256:1.0", "team/unsigned:1.0"});
    ASSERT_EQ(found.images.size(), 2U);
    const auto* one = found.of(registry.host() + "/team/cosign2-p256:1.0");
    ASSERT_NE(one, nullptr);
    EXPECT_EQ(std::get<policy::digest>(one->resolved), fixture_image("team/cosign2-p256"));
    const auto& facts = std::get<policy::signature_facts>(one->sources.at(0).second);
    EXPECT_EQ(facts.verified.size(), 1U);
}

TEST(FetchEvidence, NeedsNothingForNothing) {
    const fixture_registry registry;
    EXPECT_TRUE(fetch(registry, {}).images.empty());
    EXPECT_EQ(registry.log().size(), 0U);
}

/// Images that are not there.
std::vector<std::string> many(std::size_t number) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < number; ++i) {
        out.push_back(fmt::format("team/app-{}:1.0", i));
    }
    return out;
}

TEST(FetchEvidence, AsksForNoMoreAtOnceThanTheClientTakes) {
    const fixture_registry registry;
    const std::size_t number = 2 * exchange_bounds.queue;
    const policy::evidence found = fetch(registry, many(number));
    ASSERT_EQ(found.images.size(), number);
    for (const policy::image_evidence& one : found.images) {
        EXPECT_EQ(
            std::get<policy::fetch_failure>(one.resolved).cause, policy::failure_cause::not_found
        );
    }
}

TEST(FetchEvidence, EndsWhenTheTimeIsOver) {
    const fixture_registry registry([](const std::string&) {
        return fixture_registry::instead{true, std::nullopt};
    });
    const machine_clock time;
    const tick_time begun = time.ticks();
    const policy::evidence found = fetch(
        registry, many(3 * most_images_at_once), {.an_image = 20s, .the_end = time.ticks() + 300ms}
    );
    EXPECT_LT(time.ticks() - begun, 10s);
    // The others were not asked for any more, and are missing rather than absent.
    EXPECT_EQ(found.images.size(), most_images_at_once);
    for (const policy::image_evidence& one : found.images) {
        const auto* failure = std::get_if<policy::fetch_failure>(&one.resolved);
        ASSERT_NE(failure, nullptr);
        EXPECT_EQ(failure->cause, policy::failure_cause::timeout);
    }
}

TEST(FetchEvidence, GivesEachImageItsOwnTime) {
    const fixture_registry registry([](const std::string& line) {
        return fixture_registry::instead{line.find("silent") != std::string::npos, std::nullopt};
    });
    const policy::evidence found =
        fetch(registry, {"team/silent:1.0", "team/unsigned:1.0"}, {.an_image = 500ms});
    ASSERT_EQ(found.images.size(), 2U);
    const auto* good = found.of(registry.host() + "/team/unsigned:1.0");
    ASSERT_NE(good, nullptr);
    EXPECT_TRUE(std::holds_alternative<policy::digest>(good->resolved));
    const auto* silent = found.of(registry.host() + "/team/silent:1.0");
    ASSERT_NE(silent, nullptr);
    EXPECT_TRUE(std::holds_alternative<policy::fetch_failure>(silent->resolved));
}

} // namespace
} // namespace gatehouse::server
