#pragma once
// A fact cache with a clock and a store that tests lead: tags and signatures as they are set, `by <key id>`
// for a signature of that key. What the tests of fact_cache.h share.

#include "server/fact_cache.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_evidence_store.h"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

namespace asio = server::asio;
using policy::failure_cause;
using policy::fetch_failure;
using server::cpu_pool;
using server::fact_cache;
using server::loop;
using server::registry_changes;
using server::steady;

inline const std::string repository = "reg.example/team/app";

inline std::shared_ptr<const policy::public_key> key_in(const std::string& name) {
    std::ifstream file(std::string(GATEHOUSE_SOURCE) + "/tests/fuzz/seeds/public_key/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return policy::public_key::parse(text.str(), std::nullopt).value();
}

inline const auto& key_a() {
    static const auto made = key_in("p256.pem");
    return made;
}
inline const auto& key_b() {
    static const auto made = key_in("p384.pem");
    return made;
}

inline policy::digest digest_of(std::string_view text) { return policy::digest::of(text); }

inline policy::reference reference_of(const std::string& text) {
    return policy::reference::parse(text).value();
}

/// Content is "by <key id>" for a signature of that key.
inline policy::signature_candidate signed_by(const std::shared_ptr<const policy::public_key>& key) {
    policy::signature_candidate one;
    one.content = "by " + key->id();
    one.where = "layer 1";
    return one;
}

inline policy::signature_candidate broken() {
    policy::signature_candidate one;
    one.content = "broken";
    one.where = "layer 2";
    return one;
}

inline fetch_failure failure(failure_cause cause) {
    return {cause, "reg.example is in trouble", true};
}

class fact_cache_fixture : public testing::Test {
  protected:
    using keys = std::vector<std::shared_ptr<const policy::public_key>>;

    fact_cache_fixture() {
        settings.registries.emplace_back().host = "reg.example";
        use({});
        store->tags.insert_or_assign(tagged, digest_of("one"));
        sign(std::vector{signed_by(key_a())});
    }
    ~fact_cache_fixture() override {
        store->let_go();
        cache.stop();
        run_until([&] { return cache.lookups_under_way() == 0; });
    }

    void use(const registry_changes& changes) { cache.use(store, settings, changes); }
    void sign(fake_evidence_store::candidates_answer with) {
        store->signatures.insert_or_assign(
            repository + "@" + digest_of("one").text(), std::move(with)
        );
    }

    static std::vector<policy::image_want> want(const std::string& image, const keys& by = {}) {
        policy::image_want one{reference_of(image), {}};
        if (!by.empty()) {
            one.sources.push_back({repository, by});
        }
        return {one};
    }

    /// A review that asks; its answer comes when the loop runs.
    std::shared_ptr<std::optional<policy::evidence>> begin(
        std::vector<policy::image_want> wants,
        std::chrono::milliseconds budget = std::chrono::seconds(8)
    ) {
        auto answer = std::make_shared<std::optional<policy::evidence>>();
        asio::co_spawn(
            runs,
            cache.fetch(std::move(wants), time.ticks() + budget),
            [answer](const std::exception_ptr& fault, policy::evidence got) {
                EXPECT_FALSE(fault);
                *answer = std::move(got);
            }
        );
        runs.restart();
        runs.poll();
        return answer;
    }

    void run_until(const std::function<bool()>& reached) {
        const auto end = steady::now() + std::chrono::seconds(5);
        while (!reached()) {
            ASSERT_LT(steady::now(), end) << "never reached";
            runs.restart();
            runs.run_one_for(std::chrono::milliseconds(5));
        }
    }

    policy::image_evidence ask(
        const std::string& image,
        const keys& by = {},
        std::chrono::milliseconds budget = std::chrono::seconds(8)
    ) {
        const auto answer = begin(want(image, by), budget);
        run_until([&] { return answer->has_value(); });
        return answer->value().images.at(0);
    }

    static fetch_failure failure_of(const policy::image_evidence& of) {
        return std::get<fetch_failure>(of.resolved);
    }
    static const policy::signature_facts& facts_of(const policy::image_evidence& of) {
        return std::get<policy::signature_facts>(of.sources.at(0).second);
    }
    static const fetch_failure& source_failure(const policy::image_evidence& of) {
        return std::get<fetch_failure>(of.sources.at(0).second);
    }

    const std::string tagged = repository + ":1.0";
    const std::string pinned = repository + "@" + digest_of("one").text();

    loop runs{1};
    cpu_pool pool{runs, 1};
    fake_clock time;
    std::vector<std::string> faults;
    std::atomic<int> verified = 0;
    std::function<void()> before_verifying; ///< in the pool
    policy::server_configuration settings;
    std::shared_ptr<fake_evidence_store> store = std::make_shared<fake_evidence_store>(runs);
    fact_cache cache{
        {runs,
         pool,
         time,
         [this](const auto& candidate, const auto& key, const auto& image) {
             if (before_verifying) {
                 before_verifying();
             }
             ++verified;
             policy::signature_outcome out;
             if (candidate.content == "broken") {
                 out.reason = "its payload is not JSON";
                 return out;
             }
             const bool is_match = candidate.content == "by " + key.id();
             out.answer =
                 is_match ? policy::signature_answer::match : policy::signature_answer::no_match;
             if (is_match) {
                 out.fact.emplace(policy::verified_signature{
                     image, key.id(), {}, {}, {}, {}, {}, {}});
             }
             return out;
         },
         [this](std::string_view what) { faults.emplace_back(what); }}};
};

} // namespace gatehouse::testing_support
