#include "tests/bench/connection_pool.h"

#include <unistd.h>

#include <stdexcept>

namespace gatehouse::bench {

namespace {

/// Below any listen backlog that a server may have.
constexpr std::size_t most_opening = 64;

} // namespace

connection_pool::connection_pool(std::uint16_t port, std::size_t size)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      context_(make_client_context()),
      address_(loopback(port)),
      connections_(size) {
    if (epoll_ < 0) {
        throw std::runtime_error("cannot make an epoll instance");
    }
}

connection_pool::~connection_pool() {
    connections_.clear();
    ::close(epoll_);
}

void connection_pool::open(std::size_t slot) {
    connections_[slot] = std::make_unique<connection>(*context_, address_);
    epoll_event interest{};
    interest.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    interest.data.u64 = slot;
    if (connections_[slot]->now() == connection::state::failed
        || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[slot]->descriptor(), &interest) != 0) {
        throw std::runtime_error("cannot open a connection: " + connections_[slot]->failure());
    }
}

void connection_pool::establish(std::chrono::seconds limit) {
    const auto give_up = steady::now() + limit;
    std::size_t opened = 0;
    std::size_t idle = 0;
    while (idle < size()) {
        while (opened < size() && opened - idle < most_opening) {
            open(opened++);
        }
        poll(std::chrono::milliseconds{100}, [&](std::size_t slot, bool) {
            const connection& one = *connections_[slot];
            if (one.now() == connection::state::failed) {
                throw std::runtime_error(one.failure());
            }
        });
        idle = 0;
        for (std::size_t slot = 0; slot < opened; ++slot) {
            idle += connections_[slot]->now() == connection::state::idle ? 1U : 0U;
        }
        if (steady::now() > give_up) {
            throw std::runtime_error("connections were not established in time");
        }
    }
}

} // namespace gatehouse::bench
