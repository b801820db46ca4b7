#include "server/registry/retry.h"

#include "tests/support/case_name.h"
#include "tests/support/scripted_registry.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using testing_support::answer_of;

struct refusal {
    std::string name;
    unsigned status;
    std::string retry_after; ///< empty = none
    unsigned waits;
    std::size_t number;
    std::optional<std::chrono::milliseconds> pause;
};

class Retry : public testing::TestWithParam<refusal> {};

TEST_P(Retry, PausesAsLong) {
    const refusal& given = GetParam();
    testing_support::headers with;
    if (!given.retry_after.empty()) {
        with.emplace_back("retry-after", given.retry_after);
    }
    EXPECT_EQ(
        pause_before_retry(answer_of(given.status, "", with), given.waits, given.number),
        given.pause
    );
}

INSTANTIATE_TEST_SUITE_P(
    Answers,
    Retry,
    testing::Values(
        refusal{"First", 429, "", 0, 0, 100ms},
        refusal{"Doubled", 429, "", 1, 0, 200ms},
        refusal{"Last", 429, "", 3, 0, 800ms},
        refusal{"NoMore", 429, "", 4, 0, std::nullopt},
        refusal{"SetApart", 429, "", 0, 4, 150ms},
        refusal{"FarthestApart", 429, "", 3, 7, 1500ms},
        refusal{"FirstLaneAgain", 429, "", 0, 8, 100ms},
        refusal{"Named", 429, "2", 0, 5, 2s},
        refusal{"NamedAtOnce", 429, "0", 0, 5, 0ms},
        refusal{"NamedAMinute", 429, "60", 3, 0, 60s},
        refusal{"NamedMore", 429, "61", 0, 0, std::nullopt},
        refusal{"NamedAndNoMore", 429, "1", 4, 0, std::nullopt},
        refusal{"NamedADate", 429, "Wed, 21 Oct 2026 07:28:00 GMT", 0, 0, 100ms},
        refusal{"UnavailableNamed", 503, "1", 0, 0, 1s},
        refusal{"Unavailable", 503, "", 0, 0, std::nullopt},
        refusal{"AnotherStatusNamed", 500, "1", 0, 0, std::nullopt},
        refusal{"Good", 200, "1", 0, 0, std::nullopt}
    ),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::server
