#include "server/image/layer_scan.h"

#include "server/image/layer_pipe.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace gatehouse::server {

using policy::errc;
using policy::error;
using outcome = policy::result<layer_findings>;

/// Shared by the loop's side, the thread and what the thread posts to the loop. All but the pipe is the loop
/// thread's.
struct layer_scan::state : std::enable_shared_from_this<state> {
    explicit state(executor on)
        : on_loop(on), wake(on, steady::time_point::max()), pipe([this] { wake_loop(); }) {}

    /// On the scan's thread, which keeps the state alive: lets whoever waits on the loop look again.
    void wake_loop() {
        asio::post(on_loop, [self = shared_from_this()] { self->wake.cancel(); });
    }

    executor on_loop;
    steady_timer wake; ///< never ends by itself
    layer_pipe pipe;
    std::optional<outcome> result; ///< set on the loop thread, when the scan's is through
};

class layer_scan::worker {
  public:
    worker(
        const std::shared_ptr<state>& shared,
        image_layer layer,
        layer_question question,
        scan_limits limits
    )
        : thread_([shared, layer = std::move(layer), question = std::move(question), limits] {
              outcome found = run(shared->pipe, layer, question, limits);
              asio::post(shared->on_loop, [shared, found = std::move(found)]() mutable {
                  shared->result = std::move(found);
                  shared->wake.cancel();
              });
          }) {}
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;
    ~worker() { thread_.join(); }

  private:
    static outcome run(
        layer_pipe& from,
        const image_layer& layer,
        const layer_question& question,
        const scan_limits& limits
    ) {
        try {
            return scan_layer(layer, question, limits, from);
        } catch (const std::bad_alloc&) {
            return error(errc::unavailable, name_of(layer) + " cannot be read: out of memory");
        } catch (const std::exception&) {
            return error(errc::internal, name_of(layer) + " cannot be read");
        }
    }

    std::thread thread_;
};

layer_scan::layer_scan(executor on, image_layer layer, layer_question question, scan_limits limits)
    : state_(std::make_shared<state>(on)) {
    const std::string name = name_of(layer);
    try {
        worker_ = std::make_unique<worker>(state_, std::move(layer), std::move(question), limits);
    } catch (const std::system_error&) {
        state_->result = error(errc::unavailable, name + " cannot be read: no thread");
    }
}

layer_scan::~layer_scan() { state_->pipe.abandon(); }

awaitable<bool> layer_scan::write(std::span<const char> bytes) { return write_all(state_, bytes); }

awaitable<bool> layer_scan::write_all(std::shared_ptr<state> shared, std::span<const char> bytes) {
    while (!shared->result) {
        bytes = bytes.subspan(shared->pipe.put(bytes));
        if (bytes.empty()) {
            co_return true;
        }
        const auto ended = co_await shared->wake.async_wait(use_token);
        static_cast<void>(ended); // cancelled, by whomever: the next look tells
        const auto cancelled = co_await asio::this_coro::cancellation_state;
        if (cancelled.cancelled() != asio::cancellation_type::none) {
            break;
        }
    }
    co_return false;
}

awaitable<outcome> layer_scan::finish(bool is_complete) {
    if (is_complete) {
        state_->pipe.end();
    } else {
        state_->pipe.abandon();
    }
    return wait_for_end(state_);
}

awaitable<outcome> layer_scan::wait_for_end(std::shared_ptr<state> shared) {
    while (!shared->result) {
        const auto ended = co_await shared->wake.async_wait(use_token);
        static_cast<void>(ended);
        const auto cancelled = co_await asio::this_coro::cancellation_state;
        if (cancelled.cancelled() != asio::cancellation_type::none) {
            shared->pipe.abandon();
            co_return error(errc::canceled, "the layer was not read to its end");
        }
    }
    co_return *std::move(shared->result);
}

} // namespace gatehouse::server
