#include "tests/support/loopback_server.h"

#include "server/plain_stream.h"
#include "server/tls_stream.h"
#include "tests/support/test_certs.h"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace gatehouse::testing_support {

using namespace std::chrono_literals;
using namespace server;

namespace {

std::shared_ptr<const tls_context> test_context() {
    const test_pair authority = make_authority("test");
    const test_pair leaf = make_leaf(authority, std::chrono::system_clock::now());
    return make_tls_context({{"crt", leaf.certificate}, {"key", leaf.key}, std::nullopt}).context;
}

reply echo(const request_view& request) {
    unsigned sum = 0;
    for (const char c : request.body) {
        sum = sum * 31 + static_cast<unsigned char>(c);
    }
    response answer;
    answer.status = 200;
    answer.body = std::to_string(request.body.size()) + " " + std::to_string(sum) + " "
                  + std::string(request.query) + " " + std::string(request.content_type);
    return answer;
}

} // namespace

session_limits quick_limits() {
    session_limits limits;
    limits.tick = 5ms;
    return limits;
}

std::string echo_of(std::size_t size, char letter) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
        sum = sum * 31 + static_cast<unsigned char>(letter);
    }
    return std::to_string(size) + " " + std::to_string(sum) + "  application/json";
}

loopback_server::loopback_server(listener_options options, transport over, std::size_t budget)
    : over_(over), budget_(budget), gate_(loop_.get_executor()) {
    gate_.expires_at(steady::time_point::max());
    if (over == transport::tls) {
        tls_ = test_context();
    }
    options.address = {asio::ip::address_v4::loopback(), 0};
    listener_ = std::make_unique<listener>(
        loop_,
        options,
        routes(),
        budget_,
        [this](tcp_socket socket) -> std::unique_ptr<byte_stream> {
            if (tls_) {
                return tls_stream::make(std::move(socket), *tls_);
            }
            return std::make_unique<plain_stream>(std::move(socket));
        },
        [this](std::string_view what) { faults_.emplace_back(what); }
    );
    port_ = listener_->open().value();
    listener_->start();
    thread_ = std::thread([this] { loop_.run(); });
}

loopback_server::~loopback_server() {
    let_go();
    on_loop([this] {
        listener_->close();
        stays_.reset();
        return 0;
    });
    thread_.join(); // the loop ends by itself when nothing is left to wait for
    EXPECT_EQ(listener_->connections().size(), 0U);
    EXPECT_EQ(budget_.in_flight(), 0U);
}

std::size_t loopback_server::connections() {
    return on_loop([this] { return listener_->connections().size(); });
}

std::size_t loopback_server::count(stage of) {
    return on_loop([this, of] { return listener_->connections().count(of); });
}

void loopback_server::await(const std::function<bool()>& reached, const std::string& what) {
    const auto end = steady::now() + 5s;
    while (!reached()) {
        ASSERT_LT(steady::now(), end) << "never: " << what;
        std::this_thread::yield();
    }
}

void loopback_server::await_count(stage of, std::size_t number) {
    await(
        [this, of, number] { return count(of) == number; },
        std::to_string(number) + " at stage " + std::to_string(static_cast<int>(of))
    );
}

void loopback_server::await_empty() {
    await([this] { return connections() == 0; }, "no connection");
}

void loopback_server::let_go() {
    on_loop([this] {
        gate_.expires_at(steady::time_point::min());
        return 0;
    });
}

std::future<void> loopback_server::drain(steady::duration delay, steady::duration timeout) {
    auto done = std::make_shared<std::promise<void>>();
    auto ended = done->get_future();
    asio::post(loop_, [this, delay, timeout, done] {
        asio::co_spawn(loop_, listener_->drain(delay, timeout), [done](const std::exception_ptr&) {
            done->set_value();
        });
    });
    return ended;
}

std::vector<std::string> loopback_server::faults() {
    return on_loop([this] { return faults_; });
}

awaitable<response> loopback_server::held_answer() {
    co_await gate_.async_wait(use_token);
    co_return plain_text(200, "at last");
}

router loopback_server::routes() {
    return router(
        {{"/echo", http_method::post, echo},
         {"/look", http_method::get, echo},
         {"/close",
          http_method::get,
          [](const request_view&) -> reply {
              response last = plain_text(200, "last");
              last.close = true;
              return last;
          }},
         {"/big",
          http_method::get,
          [](const request_view&) -> reply {
              return plain_text(200, std::string(std::size_t{16} * 1024 * 1024, 'x'));
          }},
         {"/throw",
          http_method::post,
          [](const request_view&) -> reply { throw std::runtime_error("a bug"); }},
         {"/wait",
          http_method::post,
          [this](const request_view&) -> reply { return held_answer(); }}}
    );
}

} // namespace gatehouse::testing_support
