// The users of images as facts: platforms first, accounts only where USER does not tell enough, each once.
#include "tests/support/fact_cache_fixture.h"

#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

using policy::image_user_facts;
using testing::ElementsAre;
using testing::IsEmpty;

class FactCacheUsers : public fact_cache_fixture {
  protected:
    static policy::platform_image platform(
        const std::string& user,
        const std::string& architecture = "amd64",
        const std::string& os = "linux"
    ) {
        return {os, architecture, {}, digest_of("manifest " + os + architecture), user};
    }
    void serve(std::vector<policy::platform_image> platforms) {
        store->users.insert_or_assign(repository + "@" + digest_of("one").text(), platforms);
        for (const auto& one : platforms) {
            serve_accounts(
                one, policy::account_files{"app:x:1000:1000::/:/bin/sh\n", "g:x:7:app\n"}
            );
        }
    }
    void serve_accounts(const policy::platform_image& of, fake_evidence_store::files_answer files) {
        store->account_data.insert_or_assign(
            repository + "@" + of.manifest.text(), std::move(files)
        );
    }
    policy::image_evidence ask_users(
        const policy::user_want& what,
        std::chrono::milliseconds budget = std::chrono::seconds(8)
    ) {
        auto wants = want(pinned);
        wants.front().user = what;
        const auto answer = begin(wants, budget);
        run_until([&] { return answer->has_value(); });
        return answer->value().images.at(0);
    }
    static const image_user_facts& users_of(const policy::image_evidence& of) {
        return std::get<image_user_facts>(of.users.value());
    }
    static const fetch_failure& users_failure(const policy::image_evidence& of) {
        return std::get<fetch_failure>(of.users.value());
    }
};

constexpr auto config_only = [] {
    policy::user_want out;
    out.config = true;
    return out;
};
constexpr auto with_user_id = [] {
    policy::user_want out;
    out.user_id = true;
    return out;
};

TEST_F(FactCacheUsers, AreLookedUpOnceAndStay) {
    serve({platform("1000")});
    for (int i = 0; i < 3; ++i) {
        const auto got = ask_users(config_only());
        ASSERT_EQ(users_of(got).platforms.size(), 1U);
        EXPECT_EQ(users_of(got).platforms[0].user, "1000");
        EXPECT_EQ(users_of(got).accounts_of.size(), 1U);
        EXPECT_FALSE(users_of(got).accounts_of[0]);
        time.advance(std::chrono::hours(24));
    }
    EXPECT_THAT(store->asked, ElementsAre("platforms " + repository));
    const auto& counts = cache.figures().by_kind;
    EXPECT_EQ(counts[2].misses, 1U);
    EXPECT_EQ(counts[2].hits, 2U);
}

TEST_F(FactCacheUsers, AreNotLookedUpWhereNobodyAsks) {
    EXPECT_FALSE(ask(pinned).users);
    EXPECT_THAT(store->asked, IsEmpty());
}

TEST_F(FactCacheUsers, NeedNoLayersForANumber) {
    serve({platform("1000:staff")});
    const auto got = ask_users(with_user_id());
    EXPECT_FALSE(users_of(got).accounts_of[0]);
    EXPECT_THAT(store->asked, ElementsAre("platforms " + repository));
}

TEST_F(FactCacheUsers, TakeTheAccountsOfEachPlatformThatIsJudged) {
    serve(
        {platform("app"),
         platform("app", "arm64"),
         platform("1000", "s390x"),
         platform("app", "amd64", "windows")}
    );
    const auto got = ask_users(with_user_id());
    const auto& users = users_of(got);
    ASSERT_EQ(users.accounts_of.size(), 4U);
    for (const std::size_t i : {0U, 1U}) {
        const auto& accounts =
            std::get<std::shared_ptr<const policy::accounts>>(users.accounts_of[i].value());
        EXPECT_EQ(accounts->named("app").value().uid, 1000);
    }
    EXPECT_FALSE(users.accounts_of[2]);
    EXPECT_FALSE(users.accounts_of[3]);
    EXPECT_EQ(store->asked.size(), 3U);

    policy::user_want bound = with_user_id();
    bound.architecture = "arm64";
    const auto narrow = ask_users(bound);
    EXPECT_FALSE(users_of(narrow).accounts_of[0]);
    EXPECT_TRUE(users_of(narrow).accounts_of[1]);
    EXPECT_EQ(store->asked.size(), 3U);
}

TEST_F(FactCacheUsers, FailWhereThePlatformsDo) {
    store->users.insert_or_assign(
        repository + "@" + digest_of("one").text(), failure(failure_cause::server_error)
    );
    EXPECT_EQ(users_failure(ask_users(config_only())).detail, "reg.example is in trouble");
    EXPECT_EQ(users_failure(ask_users(config_only())).cause, failure_cause::server_error);
    EXPECT_EQ(store->asked.size(), 1U);
    time.advance(std::chrono::seconds(4));
    serve({platform("1000")});
    EXPECT_EQ(users_of(ask_users(config_only())).platforms[0].user, "1000");
}

TEST_F(FactCacheUsers, FailWhereTheTagDoes) {
    store->tags.insert_or_assign(tagged, failure(failure_cause::not_found));
    auto wants = want(tagged);
    wants.front().user.config = true;
    const auto answer = begin(wants);
    run_until([&] { return answer->has_value(); });
    EXPECT_EQ(users_failure(answer->value().images.at(0)).cause, failure_cause::not_found);
}

TEST_F(FactCacheUsers, KeepWhatIsKnownWhereAccountsFail) {
    serve({platform("app"), platform("app", "arm64")});
    serve_accounts(
        platform("app", "arm64"),
        fetch_failure{failure_cause::malformed, "layer 1 of 1 is not gzip", true}
    );
    const auto got = ask_users(with_user_id());
    EXPECT_TRUE(std::holds_alternative<std::shared_ptr<const policy::accounts>>(
        users_of(got).accounts_of[0].value()
    ));
    EXPECT_EQ(
        std::get<fetch_failure>(users_of(got).accounts_of[1].value()).detail,
        "layer 1 of 1 is not gzip"
    );
}

TEST_F(FactCacheUsers, RememberContentThatCannotBeReadForAWhile) {
    serve({platform("app")});
    const policy::account_files endless{std::string(70'000, 'x'), {}};
    serve_accounts(platform("app"), endless);
    for (int i = 0; i < 3; ++i) {
        const auto got = ask_users(with_user_id());
        const auto& why = std::get<fetch_failure>(users_of(got).accounts_of[0].value());
        EXPECT_EQ(why.cause, failure_cause::malformed);
        EXPECT_THAT(why.detail, testing::StartsWith(repository + ": "));
        EXPECT_TRUE(why.host_is_listed);
        time.advance(std::chrono::seconds(9));
    }
    EXPECT_THAT(store->asked, ElementsAre("platforms " + repository, "accounts " + repository));
}

TEST_F(FactCacheUsers, ServeTheReviewsThatComeLater) {
    serve({platform("app")});
    store->hold();
    auto wants = want(pinned);
    wants.front().user = with_user_id();
    const auto first = begin(wants, std::chrono::milliseconds(100));
    const auto second = begin(wants);
    time.advance(std::chrono::milliseconds(200));
    cache.sweep();
    run_until([&] { return first->has_value(); });
    EXPECT_EQ(users_failure(first->value().images.at(0)).cause, failure_cause::timeout);
    store->let_go();
    run_until([&] { return second->has_value(); });
    EXPECT_TRUE(users_of(second->value().images.at(0)).accounts_of[0]);
    EXPECT_EQ(store->asked.size(), 2U);
}

TEST_F(FactCacheUsers, AreReadOutOfTwoImagesOfARegistryAtATime) {
    std::vector<policy::platform_image> platforms;
    for (const char* architecture : {"amd64", "arm64", "s390x", "ppc64le"}) {
        platforms.push_back(platform("app", architecture));
    }
    serve(platforms);
    time.advance(std::chrono::hours(24 * 365 * 50)
    ); // who waits for a turn does so by the real clock
    (void)ask_users(config_only());
    store->hold();
    auto wants = want(pinned);
    wants.front().user = with_user_id();
    const auto answer = begin(wants);
    run_until([&] { return store->asked.size() == 3; });
    for (int turn = 0; turn < 100; ++turn) {
        runs.run_one_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(store->asked.size(), 3U); // the platforms, and two of the four
    store->let_go();
    run_until([&] { return answer->has_value(); });
    EXPECT_EQ(store->asked.size(), 5U);
    for (const auto& accounts : users_of(answer->value().images.at(0)).accounts_of) {
        EXPECT_TRUE(std::holds_alternative<std::shared_ptr<const policy::accounts>>(accounts.value()
        ));
    }
}

TEST_F(FactCacheUsers, FailWhereTheirTurnDoesNotCome) {
    serve({platform("app"), platform("app", "arm64"), platform("app", "s390x")});
    (void)ask_users(config_only());
    store->hold();
    auto wants = want(pinned);
    wants.front().user = with_user_id();
    const auto answer = begin(wants);
    // Who waits for a turn does so by the real clock, which is ahead of this one.
    run_until([&] { return cache.lookups_under_way() == 2; });
    store->let_go();
    run_until([&] { return answer->has_value(); });
    const auto& accounts = users_of(answer->value().images.at(0)).accounts_of;
    ASSERT_EQ(accounts.size(), 3U);
    for (const std::size_t i : {0U, 1U}) {
        EXPECT_TRUE(
            std::holds_alternative<std::shared_ptr<const policy::accounts>>(accounts[i].value())
        );
    }
    const auto& why = std::get<fetch_failure>(accounts[2].value());
    EXPECT_EQ(why.cause, failure_cause::too_many_lookups);
    EXPECT_EQ(why.detail, "too many images wait to be read already; try again in a few seconds");
    EXPECT_TRUE(why.host_is_listed);
}

TEST_F(FactCacheUsers, GoWithTheirRegistry) {
    serve({platform("app")});
    (void)ask_users(with_user_id());
    use({.changed = {"reg.example"}, .removed = {}});
    (void)ask_users(with_user_id());
    EXPECT_EQ(store->asked.size(), 2U);
    use({.changed = {}, .removed = {"reg.example"}});
    (void)ask_users(with_user_id());
    EXPECT_EQ(store->asked.size(), 4U);
}

} // namespace
} // namespace gatehouse::testing_support
