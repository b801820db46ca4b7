// How the fact cache stays small, and that nobody notices.
#include "server/fact_cache.h"
#include "tests/support/fact_cache_fixture.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using testing::IsEmpty;
using testing::SizeIs;

class FactCacheMemory : public fact_cache_fixture {
  protected:
    /// Its candidates fill more than those of all images may.
    void sign_at_length() {
        auto large = signed_by(key_a());
        large.signature.resize(5'000, ' ');
        sign(std::vector{large});
        settings.cache.max_bytes = std::size_t{64} << 10;
        use({});
    }
    /// So many images, each with a signature of `key_a`; gives their references.
    std::vector<std::string> sign_many(std::size_t count) {
        std::vector<std::string> images;
        for (std::size_t i = 0; i < count; ++i) {
            const policy::digest of = digest_of(fmt::format("image {}", i));
            images.push_back(repository + "@" + of.text());
            store->signatures.insert_or_assign(images.back(), std::vector{signed_by(key_a())});
        }
        return images;
    }
};

TEST_F(FactCacheMemory, AnswersThoughCandidatesWereLetGo) {
    sign_at_length();
    ask(pinned, {key_a()});
    EXPECT_LT(cache.figures().bytes, 5'000U);
    EXPECT_THAT(facts_of(ask(pinned, {key_a()})).verified, SizeIs(1));
    EXPECT_EQ(facts_of(ask(pinned, {key_a()})).candidates, 1U);
    EXPECT_THAT(store->asked, SizeIs(1));
}

TEST_F(FactCacheMemory, AsksForCandidatesThatWereLetGoWhereAKeyIsNew) {
    sign_at_length();
    ask(pinned, {key_b()});
    EXPECT_THAT(facts_of(ask(pinned, {key_a()})).verified, SizeIs(1));
    EXPECT_THAT(store->asked, SizeIs(2));
    EXPECT_THAT(facts_of(ask(pinned, {key_a(), key_b()})).verified, SizeIs(1));
    EXPECT_THAT(store->asked, SizeIs(2));
    EXPECT_EQ(verified, 2) << "with each key once: what came again is what was there";
}

TEST_F(FactCacheMemory, FailsThroughAnOutageWhereAKeyIsNewAndCandidatesWereLetGo) {
    sign_at_length();
    ask(pinned, {key_b()});
    sign(failure(failure_cause::connect));
    EXPECT_EQ(source_failure(ask(pinned, {key_a()})).cause, failure_cause::connect);
    EXPECT_THAT(facts_of(ask(pinned, {key_b()})).verified, IsEmpty());
}

TEST_F(FactCacheMemory, LetsTheOldestCandidatesGoBeforeAnyFact) {
    settings.cache.max_bytes = std::size_t{64} << 10;
    use({});
    const auto images = sign_many(30);
    for (const std::string& one : images) {
        ask(one, {key_a()});
    }
    EXPECT_LE(cache.figures().bytes, settings.cache.max_bytes);
    store->asked.clear();
    ask(images.back(), {key_b()});
    EXPECT_THAT(store->asked, IsEmpty()) << "the latest candidates are kept";
    ask(images.front(), {key_a()});
    EXPECT_THAT(store->asked, IsEmpty()) << "the oldest facts are";
    ask(images.front(), {key_b()});
    EXPECT_THAT(store->asked, SizeIs(1)) << "the oldest candidates are not";
}

TEST_F(FactCacheMemory, KnowsMoreImagesThanLieReady) {
    const auto images = sign_many(fact_cache::most_opened + 100);
    for (int times = 0; times < 3; ++times) {
        for (const std::string& one : images) {
            const auto got = ask(one, {key_a()});
            ASSERT_THAT(facts_of(got).verified, SizeIs(1));
            EXPECT_EQ(facts_of(got).verified[0].subject, std::get<policy::digest>(got.resolved));
            EXPECT_EQ(facts_of(got).verified[0].key, key_a()->id());
        }
    }
    EXPECT_EQ(store->asked.size(), images.size());
    EXPECT_EQ(verified, static_cast<int>(images.size()));
}

TEST_F(FactCacheMemory, WeighsWhatLiesReady) {
    const auto images = sign_many(fact_cache::most_opened + 1);
    for (std::size_t i = 0; i + 1 < images.size(); ++i) {
        ask(images[i], {key_a()});
    }
    const std::size_t before = cache.figures().bytes;
    const std::size_t each = before / fact_cache::most_opened;
    ask(images.back(), {key_a()});
    EXPECT_LT(cache.figures().bytes, before + each) << "one is opened, another closed";
}

} // namespace
} // namespace gatehouse::server
