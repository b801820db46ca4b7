#include "server/registry/client.h"

#include "server/registry/oci_manifest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_registry.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using namespace testing_support;
using found = policy::fact<policy::digest>;

const policy::digest first = policy::digest::of("first");
const policy::digest second = policy::digest::of("second");

http_response head_of(const policy::digest& one) {
    return answer_of(
        200,
        "",
        {{"docker-content-digest", one.text()},
         {"content-type", std::string(oci_index_type)},
         {"content-length", "9"}}
    );
}

policy::registry_entry entry_of(std::string host, std::vector<std::string> mirrors = {}) {
    policy::registry_entry made;
    made.host = std::move(host);
    made.mirrors = std::move(mirrors);
    return made;
}

class RegistryClient : public testing::Test {
  protected:
    template <class T>
    static awaitable<void> keep(awaitable<T> what, std::optional<T>& to) {
        to = co_await std::move(what);
    }
    template <class T>
    T await(awaitable<T> what) {
        std::optional<T> got;
        asio::co_spawn(loop_, keep(std::move(what), got), [](const std::exception_ptr& fault) {
            ASSERT_FALSE(fault);
        });
        loop_.restart();
        loop_.run();
        const policy::fetch_failure none{policy::failure_cause::timeout, "no end", false};
        return got ? *got : T(none);
    }
    found resolved(std::string_view text) {
        registry_client client(exchange_, time_, std::make_shared<registry_settings>(settings_));
        return await(client.resolve(policy::reference::parse(text).value(), tick_time::max()));
    }
    static std::string shown(const found& one) {
        if (const auto* failed = std::get_if<policy::fetch_failure>(&one)) {
            return fmt::format(
                "{}{}: {}",
                policy::name_of(failed->cause),
                failed->host_is_listed ? " (listed)" : "",
                failed->detail
            );
        }
        return std::get<policy::digest>(one).text();
    }
    void list(policy::registry_entry entry) {
        settings_.configuration.registries.push_back(std::move(entry));
        settings_.registry_credentials.emplace_back();
    }

    loop loop_;
    fake_clock time_;
    scripted_registry registry_;
    scripted_exchange exchange_{registry_};
    registry_settings settings_;
};

TEST_F(RegistryClient, FindsDockerHubAtItsOwnHost) {
    registry_.on(
        "HEAD https://registry-1.docker.io/v2/library/nginx/manifests/latest", head_of(first)
    );
    EXPECT_EQ(shown(resolved("nginx")), first.text());
    EXPECT_EQ(registry_.requests[0].registry, "");
}

TEST_F(RegistryClient, KnowsWhetherAHostIsListed) {
    EXPECT_EQ(
        shown(resolved("reg.example/app:1")),
        "not_found: reg.example has no app:1, or does not show it to us"
    );
    list(entry_of("reg.example"));
    EXPECT_EQ(
        shown(resolved("reg.example/app:1")),
        "not_found (listed): reg.example has no app:1, or does not show it to us"
    );
    EXPECT_EQ(registry_.requests.back().registry, "reg.example");
}

TEST_F(RegistryClient, AsksAnAliasAtItsHostAndAPlainOneWithoutTls) {
    auto plain = entry_of("reg.example:5000");
    plain.aliases = {"images.example"};
    plain.plain_http = true;
    list(std::move(plain));
    registry_.on("HEAD http://reg.example:5000/v2/app/manifests/1", head_of(first));
    EXPECT_EQ(shown(resolved("images.example/app:1")), first.text());
    EXPECT_EQ(registry_.requests[0].registry, "reg.example:5000");
}

TEST_F(RegistryClient, TriesMirrorsFirstAndTheRegistryAtLast) {
    list(entry_of(
        "reg.example",
        {"https://one.example", "https://two.example/hub/", "https://three.example/api/v2"}
    ));
    registry_.on("HEAD https://reg.example/v2/app/manifests/1", head_of(first));
    EXPECT_EQ(shown(resolved("reg.example/app:1")), first.text());
    EXPECT_THAT(
        registry_.log,
        ElementsAre(
            "HEAD https://one.example/v2/app/manifests/1",
            "HEAD https://two.example/v2/hub/app/manifests/1",
            "HEAD https://three.example/api/v2/app/manifests/1",
            "HEAD https://reg.example/v2/app/manifests/1"
        )
    );
    registry_.on("HEAD https://one.example/v2/app/manifests/1", head_of(second));
    EXPECT_EQ(shown(resolved("reg.example/app:1")), second.text());
}

TEST_F(RegistryClient, TellsTheFailureOfTheRegistryNotOfItsMirror) {
    list(entry_of("reg.example", {"https://one.example"}));
    registry_.on("HEAD https://one.example/v2/app/manifests/1", answer_of(503));
    registry_.on("HEAD https://reg.example/v2/app/manifests/1", answer_of(403));
    EXPECT_EQ(
        shown(resolved("reg.example/app:1")),
        "forbidden (listed): reg.example answered 403 for app:1; no docker config file has "
        "credentials for "
        "it; add some for reg.example to dockerConfigFiles"
    );
}

TEST_F(RegistryClient, SendsCredentialsOnlyToTheHostTheyName) {
    list(entry_of("reg.example", {"https://one.example"}));
    settings_.credentials =
        parse_docker_config(R"({"auths":{"reg.example":{"username":"u","password":"p"}}})", "f")
            .value();
    const auto challenge = answer_of(401, "", {{"www-authenticate", "Basic realm=x"}});
    registry_.on("HEAD https://one.example/v2/app/manifests/1", challenge);
    registry_.on("HEAD https://reg.example/v2/app/manifests/1", challenge);
    (void)resolved("reg.example/app:1");
    ASSERT_EQ(registry_.requests.size(), 3U);
    EXPECT_EQ(scripted_registry::header_of(registry_.requests[0], "Authorization"), "");
    EXPECT_EQ(scripted_registry::header_of(registry_.requests[2], "Authorization"), "Basic dTpw");
}

TEST_F(RegistryClient, LeavesTheQuestionToTheRegistryWhereAMirrorHasNoSignatures) {
    list(entry_of("reg.example", {"https://one.example"}));
    registry_client client(exchange_, time_, std::make_shared<registry_settings>(settings_));
    const std::string manifest = fmt::format(
        R"({{"schemaVersion":2,"layers":[{{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json",)"
        R"("digest":"{}","size":6,"annotations":{{"dev.cosignproject.cosign/signature":"s"}}}}]}})",
        second.text()
    );
    const std::string home = "GET https://reg.example/v2/app/";
    registry_.on(
        home + "manifests/sha256-" + std::string(first.hex()) + ".sig", answer_of(200, manifest)
    );
    registry_.on(home + "blobs/" + second.text(), answer_of(200, "second"));
    const auto got = await(client.candidates("reg.example/app", first, tick_time::max()));
    const auto* list = std::get_if<std::vector<policy::signature_candidate>>(&got);
    ASSERT_NE(list, nullptr);
    ASSERT_EQ(list->size(), 1U);
    EXPECT_EQ(list->front().content, "second");
    EXPECT_EQ(list->front().signature, "s");
}

TEST_F(RegistryClient, UsesNewSettingsForWhatBegins) {
    registry_client client(exchange_, time_, std::make_shared<registry_settings>(settings_));
    auto plain = entry_of("reg.example");
    plain.plain_http = true;
    list(std::move(plain));
    client.use(std::make_shared<registry_settings>(settings_));
    registry_.on("HEAD http://reg.example/v2/app/manifests/1", head_of(first));
    const auto image = policy::reference::parse("reg.example/app:1").value();
    EXPECT_EQ(shown(await(client.resolve(image, tick_time::max()))), first.text());
}

/// Never answers; ends when it is cancelled.
class silent_exchange final : public http_exchange {
  public:
    [[nodiscard]] awaitable<policy::fact<http_response>> send(http_request, tick_time deadline)
        override {
        co_await asio::this_coro::throw_if_cancelled(false);
        until = deadline;
        ++sent;
        ++under_way;
        steady_timer forever(co_await asio::this_coro::executor, tick_time::max());
        co_await forever.async_wait(use_token);
        --under_way;
        policy::fetch_failure ended{policy::failure_cause::timeout, "cancelled", false};
        co_return ended;
    }
    int under_way = 0;
    int sent = 0;
    tick_time until;
};

TEST_F(RegistryClient, EndsItsExchangesWhenItIsCancelled) {
    list(entry_of("reg.example", {"https://one.example"}));
    silent_exchange silent;
    registry_client client(silent, time_, std::make_shared<registry_settings>(settings_));
    asio::cancellation_signal signal;
    std::optional<policy::fact<std::vector<policy::signature_candidate>>> got;
    asio::co_spawn(
        loop_,
        keep(client.candidates("reg.example/app", first, tick_time::max()), got),
        asio::bind_cancellation_slot(
            signal.slot(), [](const std::exception_ptr& fault) { ASSERT_FALSE(fault); }
        )
    );
    loop_.poll();
    EXPECT_EQ(silent.under_way, 2) << "both places at once";
    signal.emit(asio::cancellation_type::all);
    loop_.run();
    EXPECT_EQ(silent.under_way, 0);
    EXPECT_EQ(silent.sent, 2) << "the next endpoint is not asked any more";
    ASSERT_TRUE(got);
    const auto* failed = std::get_if<policy::fetch_failure>(&*got);
    ASSERT_NE(failed, nullptr);
    EXPECT_EQ(failed->detail, "the lookup was ended before it was done");
}

TEST_F(RegistryClient, LeavesTimeForTheRegistryBehindASilentMirror) {
    list(entry_of("reg.example", {"https://one.example"}));
    silent_exchange silent;
    registry_client client(silent, time_, std::make_shared<registry_settings>(settings_));
    asio::cancellation_signal signal;
    std::optional<found> got;
    asio::co_spawn(
        loop_,
        keep(
            client.resolve(
                policy::reference::parse("reg.example/app:1").value(),
                time_.ticks() + std::chrono::seconds(10)
            ),
            got
        ),
        asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {})
    );
    loop_.poll();
    EXPECT_EQ(silent.until, time_.ticks() + std::chrono::seconds(5));
    signal.emit(asio::cancellation_type::all);
    loop_.run();
    EXPECT_EQ(silent.under_way, 0);
}

/// Answers a number of requests, then none.
class stalling_exchange final : public http_exchange {
  public:
    stalling_exchange(scripted_registry& with, int answers) : with_(with), answers_(answers) {}

    [[nodiscard]] awaitable<policy::fact<http_response>> send(
        http_request request,
        tick_time deadline
    ) override {
        if (answers_-- > 0) {
            auto answer = with_.exchange(request);
            co_return answer;
        }
        auto ended = co_await silent_.send(std::move(request), deadline);
        co_return ended;
    }

  private:
    scripted_registry& with_;
    silent_exchange silent_;
    int answers_;
};

TEST_F(RegistryClient, NeverSaysNoneWhereItIsCancelledBetween) {
    const std::string manifest = fmt::format(
        R"({{"schemaVersion":2,"layers":[{{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json",)"
        R"("digest":"{}","size":6}}]}})",
        second.text()
    );
    const std::string home = "GET https://reg.example/v2/app/";
    const std::string tag = "sha256-" + std::string(first.hex()) + ".sig";
    registry_.on(home + "manifests/" + tag, answer_of(200, manifest));
    registry_.on(home + "blobs/" + second.text(), answer_of(200, "second"));
    for (int answers = 0; answers < 4; ++answers) {
        stalling_exchange stalling(registry_, answers);
        registry_client client(stalling, time_, std::make_shared<registry_settings>(settings_));
        asio::cancellation_signal signal;
        std::optional<policy::fact<std::vector<policy::signature_candidate>>> got;
        asio::co_spawn(
            loop_,
            keep(client.candidates("reg.example/app", first, tick_time::max()), got),
            asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {})
        );
        loop_.restart();
        loop_.poll();
        EXPECT_FALSE(got) << answers;
        signal.emit(asio::cancellation_type::all);
        loop_.run();
        ASSERT_TRUE(got) << answers;
        EXPECT_TRUE(std::holds_alternative<policy::fetch_failure>(*got)) << answers;
    }
}

TEST_F(RegistryClient, NewSettingsForgetHowRegistriesAreAsked) {
    const auto refused = [](const http_request& asked) -> scripted_registry::answer {
        return scripted_registry::header_of(asked, "Authorization") == "Bearer T"
                   ? head_of(first)
                   : answer_of(
                       401, "", {{"www-authenticate", R"(Bearer realm="https://reg.example/t")"}}
                   );
    };
    const std::string app = "HEAD https://reg.example/v2/app/manifests/1";
    const std::string token = "GET https://reg.example/t?service=&scope=repository%3Aapp%3Apull";
    registry_.on(app, refused);
    registry_.on(token, answer_of(200, R"({"token":"T"})"));
    const auto same = std::make_shared<registry_settings>(settings_);
    registry_client client(exchange_, time_, same);
    const auto image = policy::reference::parse("reg.example/app:1").value();
    EXPECT_EQ(shown(await(client.resolve(image, tick_time::max()))), first.text());
    EXPECT_THAT(registry_.log, ElementsAre(app, token, app));
    EXPECT_EQ(shown(await(client.resolve(image, tick_time::max()))), first.text());
    EXPECT_EQ(registry_.log.size(), 4U);
    client.use(same);
    EXPECT_EQ(shown(await(client.resolve(image, tick_time::max()))), first.text());
    EXPECT_EQ(registry_.log.size(), 6U) << "refused first, then with the token that still holds";
}

} // namespace
} // namespace gatehouse::server
