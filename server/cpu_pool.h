#pragma once
// A few threads for pure functions that are too long for the loop thread: large reviews, reloads. The
// caller awaits and goes on on the loop thread; the function must touch nothing that belongs to the loop.
// Destroyed (which waits for what runs) before the loop is.

#include "server/net.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace gatehouse::server {

class cpu_pool {
  public:
    cpu_pool(loop& runs_on, std::size_t threads) : loop_(runs_on), threads_(threads) {}
    cpu_pool(const cpu_pool&) = delete;
    cpu_pool& operator=(const cpu_pool&) = delete;
    ~cpu_pool() { finish(); }

    /// Waits for what runs and takes nothing more, as the destructor does. Any thread but the pool's.
    void finish() { threads_.join(); }

    /// What `work` returns; what it throws is thrown here.
    template <class Function>
    [[nodiscard]] awaitable<std::invoke_result_t<Function>> run(Function work) {
        using value = std::invoke_result_t<Function>;
        auto start = [this](auto completion, Function job) {
            submit<value>(std::move(completion), std::move(job));
        };
        auto [fault, result] = co_await asio::async_initiate<
            decltype(use_token),
            void(std::exception_ptr, std::optional<value>)>(start, use_token, std::move(work));
        if (fault) {
            std::rethrow_exception(fault);
        }
        co_return std::move(*result);
    }

  private:
    template <class Value, class Completion, class Function>
    void submit(Completion completion, Function work) {
        // The guard keeps the loop running although nothing of it waits.
        auto guard = asio::make_work_guard(loop_);
        asio::post(
            threads_,
            [guard = std::move(guard), completion = std::move(completion), work = std::move(work)](
            ) mutable {
                std::exception_ptr fault;
                std::optional<Value> result;
                try {
                    result.emplace(work());
                } catch (...) {
                    fault = std::current_exception();
                }
                asio::post(
                    guard.get_executor(),
                    [completion = std::move(completion), fault, result = std::move(result)](
                    ) mutable { std::move(completion)(fault, std::move(result)); }
                );
            }
        );
    }

    loop& loop_;
    asio::thread_pool threads_;
};

} // namespace gatehouse::server
