#pragma once
// A loop and on it a client of a fake_kube_api, for tests of what talks to API servers. What is begun is ended with
// the fixture, or by end(), which whoever tests something shorter-lived than the fixture must call.

#include "server/cpu_pool.h"
#include "server/kube/client.h"
#include "server/log.h"
#include "server/registration/rendered.h"
#include "tests/support/fake_kube_api.h"
#include "tests/support/shifted_clock.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace gatehouse::testing_support {

class kube_fixture : public testing::Test {
  protected:
    kube_fixture() { EXPECT_EQ(pipe2(pipe_.data(), O_CLOEXEC | O_NONBLOCK), 0); }
    ~kube_fixture() override {
        end();
        api_.before_answer({});
        close(pipe_[0]);
        close(pipe_[1]);
    }
    kube_fixture(const kube_fixture&) = delete;
    kube_fixture& operator=(const kube_fixture&) = delete;

    [[nodiscard]] server::api_access access() const {
        const auto variables = api_.environment();
        return server::find_api_server(
                   [&](const std::string& name) -> std::optional<std::string> {
                       for (const std::string& one : variables) {
                           if (one.starts_with(name + "=")) {
                               return one.substr(name.size() + 1);
                           }
                       }
                       return std::nullopt;
                   }
        ).value();
    }

    /// A registration of one webhook.
    [[nodiscard]] static std::shared_ptr<const server::rendered_registration> rendered(
        const std::string& name = "gatehouse"
    ) {
        auto out = std::make_shared<server::rendered_registration>();
        out->name = name;
        out->webhooks = nlohmann::json::array(
            {{{"name", "pods.gatehouse.dev"}, {"clientConfig", {{"url", "https://a.b/c"}}}}}
        );
        return out;
    }

    void begin(server::awaitable<void> work) {
        ++running_;
        server::asio::co_spawn(
            loop_,
            std::move(work),
            server::asio::bind_cancellation_slot(
                signals_.emplace_back().slot(), [this](const std::exception_ptr&) { --running_; }
            )
        );
    }
    void end() {
        may_go_on_ = true;
        for (auto& one : signals_) {
            one.emit(server::asio::cancellation_type::terminal);
        }
        EXPECT_TRUE(until([this] { return running_ == 0; }));
        signals_.clear();
    }
    /// True as soon as `condition()` is; lets the loop run meanwhile.
    template <class Condition>
    [[nodiscard]] bool until(
        Condition condition,
        std::chrono::milliseconds limit = std::chrono::seconds(20)
    ) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) {
                return false;
            }
            loop_.restart();
            loop_.run_one_for(std::chrono::milliseconds(20));
        }
        return true;
    }
    /// What it returns.
    template <class Value>
    [[nodiscard]] Value run(server::awaitable<Value> work) {
        std::optional<Value> out;
        server::asio::co_spawn(
            loop_,
            std::move(work),
            [&out](const std::exception_ptr& fault, Value value) {
                EXPECT_EQ(fault, nullptr);
                out = std::move(value);
            }
        );
        EXPECT_TRUE(until([&] { return out.has_value(); }));
        return std::move(*out);
    }
    /// What was logged since this was called last, one event a line.
    [[nodiscard]] std::string logged() {
        std::string out;
        std::array<char, 4096> block{};
        for (;;) {
            const ssize_t some = read(pipe_[0], block.data(), block.size());
            if (some <= 0) {
                return out;
            }
            out.append(block.data(), static_cast<std::size_t>(some));
        }
    }

    // For what api_ calls, which may go on a little longer than a test.
    std::atomic<bool> has_happened_{false};
    std::atomic<bool> may_go_on_{false};
    fake_kube_api api_;
    shifted_clock time_;
    server::loop loop_{1};
    server::cpu_pool files_{loop_, 1};
    server::kube_counts counts_;
    server::api_client client_{loop_, files_, time_, counts_, access()};
    std::array<int, 2> pipe_{-1, -1};

  private:
    std::list<server::asio::cancellation_signal> signals_;
    int running_ = 0;
};

} // namespace gatehouse::testing_support
