// Every exchange on the way to the user of an image, broken in every manner: what comes of it is what an
// unbroken conversation gives, or a failure; never another user, and never an end that does not come.
#include "server/registry/client.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_registry.h"
#include "tests/support/tar_writer.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using policy::failure_cause;
using policy::fetch_failure;
using answer = scripted_registry::answer;

const std::string home = "GET https://registry.example/v2/team/app";

std::string digest_of(const std::string& bytes) { return policy::digest::of(bytes).text(); }

/// Answers by the script up to a number of exchanges, then not at all until it is cancelled.
class silent_from final : public http_exchange {
  public:
    silent_from(scripted_registry& with, std::size_t from)
        : with_(with), inner_(with), from_(from) {}

    awaitable<policy::fact<http_response>> send(http_request request, tick_time deadline) override {
        if (with_.log.size() < from_) {
            co_return co_await inner_.send(std::move(request), deadline);
        }
        co_await asio::this_coro::throw_if_cancelled(false);
        ++waiting;
        steady_timer forever(co_await asio::this_coro::executor, tick_time::max());
        co_await forever.async_wait(use_token);
        --waiting;
        co_return fetch_failure{failure_cause::timeout, "cancelled", false};
    }

    int waiting = 0;

  private:
    scripted_registry& with_;
    scripted_exchange inner_;
    std::size_t from_;
};

/// One image for two platforms, whose accounts lie in the lower of two layers.
class UserReplay : public testing::Test {
  protected:
    UserReplay() {
        settings_.configuration.registries.emplace_back().host = "registry.example";
        settings_.registry_credentials.emplace_back();
        const std::string base =
            gzip_of(tar_of({"etc/", "etc/passwd=app:x:7:8::/:/\n", "etc/group=staff:x:9:app\n"}));
        const std::string top = gzip_of(tar_of({"app/", "app/run=x"}));
        std::string entries;
        for (const char* architecture : {"amd64", "arm64"}) {
            const std::string config = fmt::format(
                R"({{"os":"linux","architecture":"{}","config":{{"User":"app"}}}})", architecture
            );
            manifest_ = fmt::format(
                R"({{"schemaVersion":2,"config":{},"layers":[{},{}]}})",
                blob("application/vnd.oci.image.config.v1+json", config),
                blob("application/vnd.oci.image.layer.v1.tar+gzip", base),
                blob("application/vnd.oci.image.layer.v1.tar+gzip", top)
            );
            serve("/manifests/" + digest_of(manifest_), manifest_);
            entries += fmt::format(
                R"({}{{"digest":"{}","platform":{{"os":"linux","architecture":"{}"}}}})",
                entries.empty() ? "" : ",",
                digest_of(manifest_),
                architecture
            );
        }
        index_ = fmt::format(R"({{"schemaVersion":2,"manifests":[{}]}})", entries);
        serve("/manifests/" + digest_of(index_), index_);
    }

    /// "linux/amd64 app, linux/arm64 app; passwd 23 bytes, group 16 bytes", "failed", or "cancelled".
    std::string outcome(std::size_t quiet_after = std::numeric_limits<std::size_t>::max()) {
        registry_.log.clear();
        silent_from over(registry_, quiet_after);
        registry_client client(over, time_, std::make_shared<registry_settings>(settings_));
        std::string out;
        asio::cancellation_signal stop;
        bool is_over = false;
        asio::co_spawn(
            runs_,
            ask(&client, &out),
            asio::bind_cancellation_slot(
                stop.slot(),
                [&](const std::exception_ptr& fault) {
                    is_over = true;
                    out = fault ? "cancelled" : out;
                }
            )
        );
        const auto limit = steady::now() + std::chrono::seconds(10);
        while (!is_over && steady::now() < limit) {
            runs_.restart();
            if (runs_.run_for(std::chrono::milliseconds(1)) == 0 && over.waiting > 0) {
                stop.emit(asio::cancellation_type::all);
            }
        }
        EXPECT_TRUE(is_over) << "no end";
        EXPECT_EQ(over.waiting, 0) << "an exchange outlives its look-up";
        return out;
    }

    awaitable<void> ask(registry_client* client, std::string* out) {
        const tick_time deadline = time_.ticks() + std::chrono::seconds(20);
        const std::string repository = "registry.example/team/app";
        const auto platforms =
            co_await client->platforms(repository, policy::digest::of(index_), deadline);
        if (std::holds_alternative<fetch_failure>(platforms)) {
            *out = "failed";
            co_return;
        }
        for (const auto& one : std::get<std::vector<policy::platform_image>>(platforms)) {
            *out += fmt::format("{}/{} {}; ", one.os, one.architecture, one.user);
        }
        const auto files =
            co_await client->account_files(repository, policy::digest::of(manifest_), deadline);
        if (std::holds_alternative<fetch_failure>(files)) {
            *out = "failed";
            co_return;
        }
        const auto& found = std::get<policy::account_files>(files);
        *out += found.passwd.value_or("no passwd") + found.group.value_or("no group");
    }

    std::string blob(const std::string& type, const std::string& content) {
        serve("/blobs/" + digest_of(content), content);
        return fmt::format(
            R"({{"mediaType":"{}","digest":"{}","size":{}}})",
            type,
            digest_of(content),
            content.size()
        );
    }
    void serve(const std::string& at, const std::string& content) {
        registry_.on(home + at, answer_of(200, content));
    }

    const std::string right_ = "linux/amd64 app; linux/arm64 app; app:x:7:8::/:/\nstaff:x:9:app\n";
    const std::size_t exchanges_ = 8; ///< index, 2 manifests, 2 configs, 1 manifest, 2 layers
    loop runs_{1};
    fake_clock time_;
    scripted_registry registry_;
    registry_settings settings_;
    std::string manifest_;
    std::string index_;
};

TEST_F(UserReplay, GivesTheUserWhereNothingBreaks) {
    EXPECT_EQ(outcome(), right_);
    EXPECT_EQ(registry_.log.size(), exchanges_);
}

TEST_F(UserReplay, GivesNoOtherUserWhateverBreaks) {
    std::vector<std::function<answer(answer)>> faults;
    for (std::size_t i = 0; i < policy::failure_cause_count; ++i) {
        faults.emplace_back([i](const answer&) {
            return answer(fetch_failure{static_cast<failure_cause>(i), "it broke", false});
        });
    }
    for (const unsigned status :
         {204U, 206U, 301U, 400U, 401U, 403U, 404U, 416U, 429U, 500U, 503U}) {
        faults.emplace_back([status](const answer&) { return answer(answer_of(status, "no")); });
    }
    const auto with_body = [&](const std::function<std::string(std::string)>& change) {
        faults.emplace_back([change](const answer& whole) {
            const auto* got = std::get_if<http_response>(&whole);
            return got == nullptr ? whole : answer(answer_of(got->status, change(got->body)));
        });
    };
    for (const unsigned percent : {0U, 1U, 50U, 99U}) {
        with_body([percent](const std::string& body) {
            return body.substr(0, body.size() * percent / 100);
        });
    }
    for (const std::size_t at : {0U, 10U, 40U, 100U}) {
        with_body([at](std::string body) {
            if (at < body.size()) {
                body[at] = static_cast<char>(body[at] ^ 1);
            }
            return body;
        });
    }
    with_body([](const std::string& body) { return body + " "; });
    with_body([&](const std::string&) { return index_; });
    with_body([&](const std::string&) { return manifest_; });
    with_body([](const std::string&) { return std::string("{}"); });
    for (std::size_t number = 0; number < faults.size(); ++number) {
        for (std::size_t which = 0; which < exchanges_; ++which) {
            registry_.fault = [&](std::size_t at, answer whole) {
                return at == which ? faults[number](std::move(whole)) : whole;
            };
            EXPECT_THAT(outcome(), testing::AnyOf("failed", right_))
                << "fault " << number << " in exchange " << which;
        }
    }
}

TEST_F(UserReplay, EndsWhereItIsCancelledWhileNobodyAnswers) {
    for (std::size_t which = 0; which < exchanges_; ++which) {
        EXPECT_THAT(outcome(which), testing::AnyOf("cancelled", "failed")) << which;
    }
}

} // namespace
} // namespace gatehouse::server
