#include "server/registry/collect.h"
#include "tests/server/registry/collect_fixture.h"
#include "tests/support/case_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using namespace collect_test;

struct lone_signature {
    std::string name;
    bool is_tag;
    std::size_t exchanges;
};

/// Every exchange of a conversation that finds the only signature, broken in every way.
class CollectReplayed : public Collect, public testing::WithParamInterface<lone_signature> {
  protected:
    CollectReplayed() {
        registry_.on(referrers_line, answer_of(404));
        if (GetParam().is_tag) {
            tag(tag_manifest({layer(simple_type, "payload", "s")}));
            blob("payload");
        } else {
            registry_.on(fallback_line, answer_of(200, index_of({bundle("{}", empty_type)})));
        }
    }
    /// What is collected with each exchange broken in turn.
    std::vector<std::vector<std::string>> break_each(
        const std::function<scripted_registry::answer(scripted_registry::answer)>& how
    ) {
        std::vector<std::vector<std::string>> all;
        for (std::size_t broken = 0; broken < GetParam().exchanges; ++broken) {
            registry_.log.clear();
            registry_.fault = [&](std::size_t number, scripted_registry::answer answer) {
                return number == broken ? how(std::move(answer)) : std::move(answer);
            };
            all.push_back(collected());
        }
        return all;
    }
};

TEST_P(CollectReplayed, FindsIt) {
    EXPECT_THAT(collected(), ElementsAre(GetParam().is_tag ? "payload|s" : "{}|"));
    EXPECT_EQ(registry_.log.size(), GetParam().exchanges);
}

TEST_P(CollectReplayed, FailsBehindAFault) {
    const auto all = break_each([](const scripted_registry::answer&) -> scripted_registry::answer {
        return policy::fetch_failure{policy::failure_cause::connect, "reset", false};
    });
    EXPECT_THAT(all, Each(ElementsAre("connect: reset")));
}

TEST_P(CollectReplayed, NeverSaysNoneBehindAnAnswerThatIsTooLarge) {
    const auto all = break_each([](const scripted_registry::answer&) -> scripted_registry::answer {
        return policy::fetch_failure{policy::failure_cause::too_large, "too large", false};
    });
    EXPECT_THAT(all, Each(Not(IsEmpty())));
}

TEST_P(CollectReplayed, NeverSaysNoneBehindAShortRead) {
    const auto all = break_each([](scripted_registry::answer answer) {
        if (auto* got = std::get_if<http_response>(&answer); got != nullptr && !got->body.empty()) {
            got->body.pop_back();
        }
        return answer;
    });
    EXPECT_THAT(all, Each(Not(IsEmpty())));
}

TEST_P(CollectReplayed, NeverSaysNoneBehindAnOddStatus) {
    for (const unsigned status : {204U, 302U, 401U, 403U, 418U, 429U, 500U, 503U}) {
        const auto all =
            break_each([status](const scripted_registry::answer&) -> scripted_registry::answer {
                return answer_of(status);
            });
        EXPECT_THAT(all, Each(Not(IsEmpty()))) << status;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Places,
    CollectReplayed,
    testing::Values(lone_signature{"Tag", true, 4}, lone_signature{"FallbackTag", false, 5}),
    case_name()
);

} // namespace
} // namespace gatehouse::server
