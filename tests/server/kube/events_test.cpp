#include "server/kube/events.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

const std::string added = R"({"type":"ADDED","object":{"metadata":{"resourceVersion":"7"},"a":1}})";
const std::string bookmark = R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}})";

std::span<const char> bytes(std::string_view text) { return {text.data(), text.size()}; }

TEST(EventDecoder, ReadsEventsHoweverTheyAreCut) {
    const std::string stream = added + "\n" + bookmark + "\r\n\n" + added + "\n";
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        event_decoder decoder;
        std::vector<watch_event> all;
        for (std::size_t at = 0; at < stream.size(); at += size) {
            auto some = decoder.feed(bytes(std::string_view(stream).substr(at, size)));
            ASSERT_TRUE(some);
            for (watch_event& one : some.value()) {
                all.push_back(std::move(one));
            }
        }
        ASSERT_EQ(all.size(), 3U) << size;
        EXPECT_EQ(all[0].type, watch_event_type::added);
        EXPECT_EQ(all[0].object.at("a"), 1);
        EXPECT_EQ(all[1].type, watch_event_type::bookmark);
        EXPECT_EQ(resource_version_of(all[1].object), "9");
        EXPECT_EQ(decoder.pending(), 0U);
    }
}

TEST(EventDecoder, KeepsWhatIsNotWholeYet) {
    event_decoder decoder;
    const auto some = decoder.feed(bytes(added));
    ASSERT_TRUE(some);
    EXPECT_TRUE(some.value().empty());
    EXPECT_EQ(decoder.pending(), added.size());
}

TEST(EventDecoder, RefusesAnEventBeyondItsBound) {
    event_decoder decoder;
    const std::string block(event_decoder::longest_event, 'x');
    ASSERT_TRUE(decoder.feed(bytes(block)));
    const auto refused = decoder.feed(bytes("x"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), policy::errc::too_large);
    EXPECT_EQ(refused.error().detail(), "an event of a watch is longer than 4194304 bytes");
}

struct bad_event {
    std::string name;
    std::string line;
    std::string error;
};

class BadEvent : public testing::TestWithParam<bad_event> {};

TEST_P(BadEvent, EndsTheStream) {
    event_decoder decoder;
    const auto refused = decoder.feed(bytes(GetParam().line + "\n"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), policy::errc::malformed);
    EXPECT_EQ(refused.error().detail(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BadEvent,
    testing::Values(
        bad_event{"NoJson", "nonsense", "an event of a watch is not JSON (byte 2)"},
        bad_event{"Truncated", added.substr(0, 20), "an event of a watch is not JSON (byte 21)"},
        bad_event{"NoType", R"({"object":{}})", "an event of a watch is of no known type"},
        bad_event{
            "OtherType",
            R"({"type":"SYNC","object":{}})",
            "an event of a watch is of no known type"},
        bad_event{"NoObject", R"({"type":"ADDED"})", "an event of a watch has no object"},
        bad_event{
            "TextObject",
            R"({"type":"ADDED","object":"x"})",
            "an event of a watch has no object"},
        bad_event{
            "NoVersion",
            R"({"type":"DELETED","object":{"metadata":{}}})",
            "an event of a watch has no resourceVersion"},
        bad_event{
            "VersionThatIsNoWord",
            R"({"type":"ADDED","object":{"metadata":{"resourceVersion":"7&watch=false"}}})",
            "an event of a watch has no resourceVersion"}
    ),
    testing_support::case_name()
);

TEST(EventDecoder, TakesAStatusWithoutVersion) {
    event_decoder decoder;
    const auto some = decoder.feed(
        bytes("{\"type\":\"ERROR\",\"object\":{\"code\":410,\"message\":\"too old\"}}\n")
    );
    ASSERT_TRUE(some);
    ASSERT_EQ(some.value().size(), 1U);
    EXPECT_EQ(some.value()[0].type, watch_event_type::error);
    EXPECT_EQ(some.value()[0].object.at("code"), 410);
}

} // namespace
} // namespace gatehouse::server
