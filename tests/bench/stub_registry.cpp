#include "tests/bench/stub_registry.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

using server::awaitable;
using server::error_code;
using server::steady_timer;
using server::tcp;
using server::tcp_socket;
using server::use_token;

constexpr std::string_view token = "a-token";

std::string_view text_of(beast::string_view from) { return {from.data(), from.size()}; }

http::response<http::string_body> answer_with(http::status status, std::string body = {}) {
    http::response<http::string_body> made{status, 11};
    made.body() = std::move(body);
    return made;
}

} // namespace

void stub_registry::open() {
    if (acceptor_.is_open()) {
        return;
    }
    const tcp::endpoint at(asio::ip::address_v4::loopback(), port_);
    acceptor_ = server::tcp_acceptor(loop_, at);
    acceptor_.listen(1024);
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(loop_, accept(), asio::detached);
}

void stub_registry::close() {
    error_code ignored;
    acceptor_.close(ignored);
    break_connections();
}

void stub_registry::break_connections() {
    for (tcp_socket& one : connections_) {
        error_code ignored;
        one.close(ignored);
    }
}

void stub_registry::behave(stub_behaviour how) {
    if (std::exchange(how_, how).is_silent && !how.is_silent) {
        break_connections();
    }
}

stub_counts stub_registry::take_counts() { return std::exchange(counts_, {}); }

awaitable<void> stub_registry::accept() {
    for (;;) {
        auto [failure, socket] = co_await acceptor_.async_accept(use_token);
        if (failure) {
            co_return;
        }
        ++counts_.connections;
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        const auto connection = connections_.emplace(connections_.end(), std::move(socket));
        asio::co_spawn(loop_, serve(connection), [this, connection](const std::exception_ptr&) {
            connections_.erase(connection);
        });
    }
}

awaitable<void> stub_registry::serve(std::list<tcp_socket>::iterator connection) {
    beast::flat_buffer buffer;
    for (;;) {
        http_request asked;
        const auto [not_read, read] =
            co_await http::async_read(*connection, buffer, asked, use_token);
        if (not_read || how_.is_silent) {
            char unread = 0;
            while (!not_read && connection->is_open()) { // until the other side goes, or a new mood
                const auto [gone, more] =
                    co_await connection->async_read_some(asio::buffer(&unread, 1), use_token);
                if (gone) {
                    break;
                }
            }
            co_return;
        }
        counts_.at_once = std::max(counts_.at_once, ++waiting_);
        http_answer answer = answer_to(asked);
        if (how_.delay.count() > 0) {
            steady_timer late(loop_, how_.delay);
            co_await late.async_wait(use_token);
        }
        --waiting_;
        answer.prepare_payload();
        if (asked.method() == http::verb::head) {
            answer.body().clear(); // Content-Length stays
        }
        http::response_serializer<http::string_body> serializer(answer);
        const auto [not_written, written] =
            co_await http::async_write(*connection, serializer, use_token);
        if (not_written) {
            co_return;
        }
    }
}

stub_registry::http_answer stub_registry::answer_to(const http_request& asked) {
    ++counts_.requests;
    if (std::uniform_real_distribution<>(0, 100)(random_) < how_.throttled_percent) {
        ++counts_.throttled;
        return answer_with(http::status::too_many_requests);
    }
    std::string_view target = text_of(asked.target());
    target = target.substr(0, target.find('?'));
    if (target == "/token") {
        ++counts_.tokens;
        return answer_with(
            http::status::ok, fmt::format(R"({{"token":"{}","expires_in":300}})", token)
        );
    }
    const std::size_t end =
        std::min({target.find("/manifests/"), target.find("/blobs/"), target.find("/referrers/")});
    if (!target.starts_with("/v2/") || end == std::string_view::npos) {
        return answer_with(http::status::not_found);
    }
    std::string_view repository = target.substr(4, end - 4);
    constexpr std::string_view guard = "guarded/";
    if (repository.starts_with(guard)) {
        if (text_of(asked[http::field::authorization]) != fmt::format("Bearer {}", token)) {
            ++counts_.challenged;
            return challenge_for(repository);
        }
        repository.remove_prefix(guard.size());
    }
    return content_of(repository, target.substr(end));
}

stub_registry::http_answer stub_registry::challenge_for(std::string_view repository) const {
    auto refusal = answer_with(http::status::unauthorized);
    refusal.set(
        http::field::www_authenticate,
        fmt::format(
            R"(Bearer realm="http://127.0.0.1:{}/token",service="stub",scope="repository:{}:pull")",
            port_,
            repository
        )
    );
    return refusal;
}

stub_registry::http_answer stub_registry::content_of(
    std::string_view repository,
    std::string_view what
) {
    const bool is_tag = what == "/manifests/1.0";
    counts_.tags += is_tag ? 1U : 0U;
    counts_.manifests += !is_tag && what.starts_with("/manifests/") ? 1U : 0U;
    counts_.referrers += what.starts_with("/referrers/") ? 1U : 0U;
    counts_.blobs += what.starts_with("/blobs/") ? 1U : 0U;
    const stub_repository* const held = images_.find(repository);
    const auto found = held == nullptr ? stub_repository::const_iterator() : held->find(what);
    if (held == nullptr || found == held->end()) {
        return answer_with(http::status::not_found, R"({"errors":[{"code":"MANIFEST_UNKNOWN"}]})");
    }
    const stub_content& content = found->second;
    auto made = answer_with(http::status::ok, content.body);
    made.set(http::field::content_type, content.type);
    made.set("Docker-Content-Digest", policy::digest::of(content.body).text());
    return made;
}

} // namespace gatehouse::bench
