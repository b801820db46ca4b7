#include "server/listener.h"

#include <boost/asio/co_spawn.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <string>
#include <utility>

namespace gatehouse::server {

namespace {

/// How long nothing is accepted when there is no descriptor for it.
constexpr std::chrono::milliseconds out_of_descriptors_pause{50};
/// Descriptors for everything that is not a connection.
constexpr rlim_t other_descriptors = 128;

// Who reads the log through a pipe may go; writing to it would kill the process.
void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

// The usual soft limit is 1,024, and raising it to the hard one is what it is for.
void allow_descriptors(std::size_t connections) {
    rlimit limit{};
    const rlim_t wanted = connections + other_descriptors;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

std::string reason_of(std::exception_ptr fault) {
    try {
        std::rethrow_exception(std::move(fault));
    } catch (const std::exception& known) {
        return known.what();
    } catch (...) {
        return "unknown exception";
    }
}

} // namespace

listener::listener(
    loop& runs_on,
    listener_options options,
    router routes,
    byte_budget& budget,
    make_stream stream,
    report_fault report
)
    : loop_(runs_on),
      options_(std::move(options)),
      services_(
          std::make_shared<session_services>(runs_on, options_.limits, std::move(routes), budget)
      ),
      make_stream_(std::move(stream)),
      report_(std::move(report)),
      acceptor_(runs_on.get_executor()),
      pause_(runs_on.get_executor()),
      delay_(runs_on.get_executor()) {}

policy::result<std::uint16_t> listener::open() {
    ignore_broken_pipes();
    allow_descriptors(options_.most_connections);
    const auto failed = [this](const error_code& why) {
        const auto& address = options_.address;
        const std::string host = address.address().to_string();
        return policy::error(
            policy::errc::unavailable,
            "cannot listen on " + (address.address().is_v6() ? "[" + host + "]" : host) + ":"
                + std::to_string(address.port()) + ": " + why.message()
        );
    };
    error_code failure;
    acceptor_.open(options_.address.protocol(), failure);
    if (!failure) {
        acceptor_.set_option(tcp_acceptor::reuse_address(true), failure);
    }
    if (!failure) {
        acceptor_.bind(options_.address, failure);
    }
    if (!failure) {
        acceptor_.listen(tcp_acceptor::max_listen_connections, failure);
    }
    if (!failure) {
        acceptor_.non_blocking(true, failure);
    }
    if (failure) {
        return failed(failure);
    }
    const auto bound = acceptor_.local_endpoint(failure);
    if (failure) {
        return failed(failure);
    }
    return bound.port();
}

void listener::start() {
    asio::co_spawn(loop_, accept_all(), [this](std::exception_ptr fault) {
        if (fault) {
            report_("accepting ended: " + reason_of(std::move(fault)));
        }
    });
}

awaitable<void> listener::accept_all() {
    while (acceptor_.is_open()) {
        auto [failure, socket] = co_await acceptor_.async_accept(use_token);
        if (!failure) {
            adopt(std::move(socket));
            continue;
        }
        if (failure == asio::error::operation_aborted) {
            continue;
        }
        // Most likely out of descriptors; the backlog keeps who wants to come in.
        services_->tracker.evict_one();
        pause_.expires_after(out_of_descriptors_pause);
        co_await pause_.async_wait(use_token);
    }
}

void listener::adopt(tcp_socket socket) {
    session_tracker& tracker = services_->tracker;
    if (tracker.size() - tracker.count(stage::leaving) >= options_.most_connections
        && !tracker.evict_one()) {
        return;
    }
    error_code ignored; // an answer may then be late, that is all
    socket.set_option(tcp::no_delay(true), ignored);
    auto stream = make_stream_(std::move(socket));
    if (stream == nullptr) {
        return;
    }
    services_->clock.wake();
    auto one = std::make_unique<session>(std::move(stream), services_);
    auto life = [one = std::move(one)]() -> awaitable<void> { return one->run(); };
    asio::co_spawn(loop_, std::move(life), [this](std::exception_ptr fault) {
        if (fault) {
            report_("a connection ended: " + reason_of(std::move(fault)));
        }
    });
}

// Who is in the backlog has connected, and closing the port would reset him.
void listener::stop_accepting() {
    error_code ignored;
    acceptor_.cancel(ignored);
    pause_.cancel();
    for (;;) {
        error_code failure;
        tcp_socket socket(loop_.get_executor());
        acceptor_.accept(socket, failure);
        if (failure) {
            break;
        }
        adopt(std::move(socket));
    }
    acceptor_.close(ignored);
}

awaitable<void> listener::drain(steady::duration delay, steady::duration timeout) {
    const auto begun = steady::now();
    services_->tracker.begin_drain();
    delay_.expires_at(begun + delay);
    co_await delay_.async_wait(use_token);
    if (!is_closing_) {
        stop_accepting();
        co_await services_->tracker.until_empty(begun + std::max(delay, timeout));
    }
    close();
    co_await services_->tracker.until_empty(steady::now() + options_.limits.goodbye);
    services_->clock.stop();
}

void listener::close() {
    is_closing_ = true;
    services_->tracker.begin_drain();
    delay_.cancel();
    if (acceptor_.is_open()) {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    }
    for (const stage each : {stage::handshaking, stage::unused, stage::idle, stage::receiving}) {
        services_->tracker.expire_all(each);
    }
}

} // namespace gatehouse::server
