#pragma once
// A number of connections and the epoll instance that tells which of them may go on. Every mode of
// the load generator is a loop over `poll`. One thread.

#include "tests/bench/connection.h"
#include "tests/bench/pacing.h"

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace gatehouse::bench {

class connection_pool {
  public:
    connection_pool(std::uint16_t port, std::size_t size);
    ~connection_pool();
    connection_pool(const connection_pool&) = delete;
    connection_pool& operator=(const connection_pool&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }
    [[nodiscard]] connection& operator[](std::size_t slot) noexcept { return *connections_[slot]; }

    /// Gives the slot a new connection, which starts to connect; the old one is closed.
    void open(std::size_t slot);

    /// Opens every slot, a few at a time, until all are idle. Throws std::runtime_error after
    /// `limit`.
    void establish(std::chrono::seconds limit);

    /// Waits up to `limit` (zero: not at all), pushes on what is ready and calls
    /// visit(slot, answered) for each.
    template <class Visitor>
    void poll(std::chrono::milliseconds limit, Visitor&& visit) {
        const int ready = ::epoll_wait(
            epoll_,
            events_.data(),
            static_cast<int>(events_.size()),
            static_cast<int>(limit.count())
        );
        for (int i = 0; i < ready; ++i) {
            const std::size_t slot = events_[static_cast<std::size_t>(i)].data.u64;
            if (connections_[slot]) {
                visit(slot, connections_[slot]->advance());
            }
        }
    }

  private:
    int epoll_ = -1;
    ssl_ctx_ptr context_;
    sockaddr_in address_;
    std::vector<std::unique_ptr<connection>> connections_;
    std::array<epoll_event, 64> events_{};
};

} // namespace gatehouse::bench
