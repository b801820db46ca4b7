#include "server/watched_socket.h"

#include <boost/asio/post.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gatehouse::server {

namespace {

int take_descriptor(tcp_socket from) {
    error_code failure;
    from.native_non_blocking(true, failure);
    const int taken = from.release(failure);
    return failure ? -1 : taken;
}

} // namespace

watched_socket::watched_socket(tcp_socket from)
    : runs_on_(from.get_executor()),
      poller_(asio::use_service<socket_poller>(runs_on_.context())),
      descriptor_(take_descriptor(std::move(from))),
      is_watched_(poller_.add(*this, descriptor_)) {}

watched_socket::~watched_socket() {
    if (is_watched_) {
        poller_.remove(*this);
    }
    if (descriptor_ >= 0) {
        close(descriptor_);
    }
}

std::ptrdiff_t watched_socket::receive(std::span<char> to) noexcept {
    const std::ptrdiff_t bytes = ::recv(descriptor_, to.data(), to.size(), 0);
    drained_ = !has_ended_ && (bytes < 0 ? errno == EAGAIN : std::cmp_less(bytes, to.size()));
    return bytes;
}

std::ptrdiff_t watched_socket::send(std::span<const char> from) noexcept {
    return ::send(descriptor_, from.data(), from.size(), MSG_NOSIGNAL);
}

void watched_socket::end_sending() noexcept { ::shutdown(descriptor_, SHUT_WR); }

awaitable<bool> watched_socket::wait(direction for_what) {
    return asio::async_initiate<const asio::use_awaitable_t<executor>, void(bool)>(
        [this, for_what](waiter one) { start(std::move(one), for_what); },
        asio::use_awaitable_t<executor>{}
    );
}

void watched_socket::start(waiter one, direction for_what) {
    if (!is_watched_ || std::exchange(news_of(for_what), false)) {
        asio::post(runs_on_, [one = std::move(one), result = is_watched_]() mutable {
            one(result);
        });
        return;
    }
    waits_for_ = for_what;
    waiter_.emplace(std::move(one));
}

void watched_socket::cancel() noexcept {
    if (waiter_) {
        asio::post(runs_on_, [one = take_waiter()]() mutable { one(false); });
    }
}

void watched_socket::notify(std::uint32_t events) {
    has_ended_ = has_ended_ || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (has_ended_ || (events & EPOLLIN) != 0) {
        may_read_ = true;
        drained_ = false;
    }
    if (has_ended_ || (events & EPOLLOUT) != 0) {
        may_write_ = true;
    }
    if (waiter_ && std::exchange(news_of(waits_for_), false)) {
        take_waiter()(true); // may destroy this
    }
}

void watched_socket::abandon() noexcept {
    is_watched_ = false;
    if (waiter_) {
        const waiter gone = take_waiter(); // and whoever waits with it
    }
}

watched_socket::waiter watched_socket::take_waiter() noexcept {
    waiter taken = std::move(*waiter_);
    waiter_.reset();
    return taken;
}

} // namespace gatehouse::server
