#include "tests/support/evidence_replay.h"

#include "server/fact_cache.h"
#include "server/registry/client.h"
#include "server/registry/oci_manifest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/signature_fixtures.h"
#include "tests/support/signature_policies.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace gatehouse::testing_support {
namespace {

namespace asio = server::asio;

constexpr std::chrono::sys_seconds today = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
constexpr std::chrono::seconds budget(8);

policy::policy_set policies_with(policy::on_unavailable mode) {
    policy::authority kms = signer("kms", {"P-256"});
    kms.keys.emplace_back().key = fixture_key("p256");
    policy::signature_entry entry = entry_of({std::move(kms)});
    entry.images = patterns({"registry.example/**"});
    entry.tags = policy::tag_mode::allow;
    entry.match_repository = true;
    policy::policy_document policy = policy_of({std::move(entry)});
    policy.on_registry_unavailable = mode;
    std::vector<policy::policy_document> all;
    all.push_back(std::move(policy));
    return policy::policy_set(std::move(all));
}

/// Answers by the script up to a number of exchanges, then not at all until it is cancelled.
class exchange_that_falls_silent final : public server::http_exchange {
  public:
    exchange_that_falls_silent(scripted_registry& with, std::size_t from)
        : with_(with), from_(from) {}

    [[nodiscard]] server::awaitable<policy::fact<server::http_response>> send(
        server::http_request request,
        server::tick_time
    ) override {
        if (with_.log.size() < from_) {
            auto answer = with_.exchange(request);
            co_return answer;
        }
        co_await asio::this_coro::throw_if_cancelled(false);
        ++waiting;
        server::steady_timer forever(co_await asio::this_coro::executor, server::tick_time::max());
        co_await forever.async_wait(server::use_token);
        --waiting;
        policy::fetch_failure ended{policy::failure_cause::timeout, "cancelled", false};
        co_return ended;
    }

    int waiting = 0;

  private:
    scripted_registry& with_;
    std::size_t from_;
};

} // namespace

void serve_fixture(scripted_registry& on, const std::string& repository, const std::string& base) {
    const fixture_repository& held = fixture_repositories().at(repository);
    const std::string root = fmt::format("{}/{}", base, repository);
    const auto serve_manifest = [&](const std::string& name, const std::string& digest) {
        const std::string body = fixture_content(digest);
        const std::string what = fmt::format(" {}/manifests/{}", root, name);
        headers with = {
            {"content-type", held.manifests.at(digest)},
            {"content-length", std::to_string(body.size())},
            {"docker-content-digest", digest}};
        on.on("HEAD" + what, answer_of(200, "", with));
        on.on("GET" + what, answer_of(200, body, std::move(with)));
    };
    for (const auto& [tag, digest] : held.tags) {
        serve_manifest(tag, digest);
    }
    for (const auto& [digest, type] : held.manifests) {
        serve_manifest(digest, digest);
    }
    for (const std::string& digest : held.blobs) {
        on.on(
            fmt::format("GET {}/blobs/{}", root, digest), answer_of(200, fixture_content(digest))
        );
    }
}

evidence_replay::evidence_replay(std::string image)
    : request_(R"({"containers":[{"name":"app","image":")" + std::move(image) + R"("}]})"),
      denying_(policies_with(policy::on_unavailable::deny)),
      warning_(policies_with(policy::on_unavailable::warn)) {
    settings.configuration.registries.emplace_back().host = "registry.example";
    settings.registry_credentials.emplace_back();
}

evidence_replay::verdicts evidence_replay::judge() {
    policy::plan denying = policy::make_plan(*request_, denying_, today);
    policy::plan warning = policy::make_plan(*request_, warning_, today);
    const policy::evidence known = look_up(denying.wants);
    return {policy::decide(std::move(denying), known), policy::decide(std::move(warning), known)};
}

policy::evidence evidence_replay::look_up(std::vector<policy::image_want> wants) {
    registry.log.clear();
    registry.requests.clear();
    fake_clock time;
    exchange_that_falls_silent over(registry, silent_from);
    const auto client = std::make_shared<server::registry_client>(
        over, time, std::make_shared<server::registry_settings>(settings)
    );
    server::fact_cache cache({runs_, pool_, time, policy::verify, [](std::string_view what) {
                                  ADD_FAILURE() << "an exception: " << what;
                              }});
    cache.use(client, settings.configuration, {});
    std::optional<policy::evidence> found;
    asio::co_spawn(
        runs_,
        cache.fetch(std::move(wants), time.ticks() + budget),
        [&found](const std::exception_ptr& fault, policy::evidence got) {
            EXPECT_FALSE(fault);
            found = std::move(got);
        }
    );
    const auto limit = server::steady::now() + std::chrono::seconds(10);
    bool has_ended = false;
    while ((!found || cache.lookups_under_way() > 0) && server::steady::now() < limit) {
        runs_.restart();
        if (runs_.poll() == 0 && over.waiting > 0 && !found && !has_ended) {
            has_ended = true;
            if (ends == silence::stopped) {
                cache.stop();
            } else {
                time.advance(budget);
                cache.sweep();
            }
        } else if (found) {
            cache.stop(); // look-ups outlive a review that left
        } else {
            runs_.run_one_for(std::chrono::milliseconds(1));
        }
    }
    cache.stop();
    runs_.restart();
    runs_.poll();
    EXPECT_TRUE(found) << "no end";
    EXPECT_EQ(over.waiting, 0) << "an exchange outlives its look-up";
    return found.value_or(policy::evidence{});
}

} // namespace gatehouse::testing_support
