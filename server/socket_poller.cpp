#include "server/socket_poller.h"

#include <boost/system/system_error.hpp>

#include <cerrno>

namespace gatehouse::server {

namespace {

int make_epoll() {
    const int made = epoll_create1(EPOLL_CLOEXEC);
    if (made < 0) {
        throw boost::system::system_error(errno, boost::system::system_category(), "epoll_create1");
    }
    return made;
}

} // namespace

socket_poller::socket_poller(asio::execution_context& runs_on)
    : service(runs_on), epoll_(static_cast<loop&>(runs_on).get_executor(), make_epoll()) {}

bool socket_poller::add(source& one, int descriptor) {
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    wanted.data.ptr = &one;
    if (epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, descriptor, &wanted) != 0) {
        return false;
    }
    sources_.push_back(one);
    watch();
    return true;
}

// The descriptor leaves the epoll when it is closed.
void socket_poller::remove(source& one) noexcept {
    sources_.erase(sources_.iterator_to(one));
    for (epoll_event& event : untold_) {
        if (event.data.ptr == &one) {
            event.data.ptr = nullptr;
        }
    }
    if (sources_.empty()) {
        error_code ignored; // a wait for nothing would keep the loop from ending
        epoll_.cancel(ignored);
    }
}

void socket_poller::shutdown() {
    while (!sources_.empty()) {
        source& one = sources_.front();
        sources_.pop_front();
        one.abandon();
    }
}

void socket_poller::watch() {
    if (is_watching_) {
        return;
    }
    is_watching_ = true;
    epoll_.async_wait(decltype(epoll_)::wait_read, [this](const error_code&) {
        is_watching_ = false;
        dispatch();
        if (!sources_.empty()) {
            watch();
        }
    });
}

// What has not been told when the rounds are over is still there when Asio looks again.
void socket_poller::dispatch() {
    for (int round = 0; round < most_rounds; ++round) {
        const int number =
            epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(most_events), 0);
        if (number <= 0) {
            return;
        }
        untold_ = std::span(events_).first(static_cast<std::size_t>(number));
        while (!untold_.empty()) {
            const epoll_event next = untold_.front();
            untold_ = untold_.subspan(1);
            if (next.data.ptr != nullptr) {
                static_cast<source*>(next.data.ptr)->notify(next.events);
            }
        }
    }
}

} // namespace gatehouse::server
