#pragma once
// A listener on a free loopback port with its loop on a thread of its own, and handlers that show what
// reached them: POST /echo answers with the body's size and a sum, /wait holds its answer until the test
// lets go, /throw throws. The destructor closes and checks that nothing is left behind.

#include "server/listener.h"
#include "server/tls_context.h"
#include "tests/support/raw_client.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace gatehouse::testing_support {

/// Limits with ticks short enough for a test; everything else as in production.
[[nodiscard]] server::session_limits quick_limits();

/// What /echo answers to a body of this many times the letter.
[[nodiscard]] std::string echo_of(std::size_t size, char letter = 'a');

class loopback_server {
  public:
    explicit loopback_server(
        server::listener_options options = {},
        transport over = transport::plain,
        std::size_t budget = server::byte_budget::usual_limit
    );
    loopback_server(const loopback_server&) = delete;
    loopback_server& operator=(const loopback_server&) = delete;
    ~loopback_server();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] raw_client connect() const { return raw_client(port_, over_); }
    [[nodiscard]] server::byte_budget& budget() noexcept { return budget_; }

    /// Runs on the loop thread and returns what it returns.
    template <class Function>
    auto on_loop(Function what) {
        std::promise<decltype(what())> done;
        server::asio::post(loop_, [&] { done.set_value(what()); });
        return done.get_future().get();
    }
    [[nodiscard]] std::size_t connections();
    [[nodiscard]] std::size_t count(server::stage of);
    /// Waits until so many connections are at that stage; fails the test after five seconds.
    void await_count(server::stage of, std::size_t number);
    /// Waits until nobody is connected.
    void await_empty();

    /// Lets every waiting and future /wait answer.
    void let_go();
    /// Begins the drain; the future is ready when it has ended.
    [[nodiscard]] std::future<void> drain(
        server::steady::duration delay,
        server::steady::duration timeout
    );
    /// What was reported to have ended connections.
    [[nodiscard]] std::vector<std::string> faults();

  private:
    [[nodiscard]] server::router routes();
    [[nodiscard]] server::awaitable<server::response> held_answer();
    void await(const std::function<bool()>& reached, const std::string& what);

    transport over_;
    server::loop loop_;
    server::asio::executor_work_guard<server::executor> stays_{loop_.get_executor()};
    server::byte_budget budget_;
    std::shared_ptr<const server::tls_context> tls_;
    server::steady_timer gate_;
    std::vector<std::string> faults_;
    std::unique_ptr<server::listener> listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

} // namespace gatehouse::testing_support
