#include "server/image/layer_transfers.h"

#include "server/image/layer_scan.h"
#include "server/registry/blob.h"
#include "server/registry/drive.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace gatehouse::server {
namespace {

policy::failure_cause cause_of(policy::errc code) {
    if (code == policy::errc::unavailable) {
        return policy::failure_cause::
            too_many_lookups; // no thread, no memory: ours, not the image's
    }
    return code == policy::errc::too_large ? policy::failure_cause::too_large
                                           : policy::failure_cause::malformed;
}

} // namespace

layer_transfers::layer_transfers(
    executor on,
    layer_access with,
    endpoint at,
    std::vector<image_layer> layers,
    policy::layer_limits limits,
    tick_time deadline
)
    : wake_(on, tick_time::max()),
      with_(with),
      at_(std::move(at)),
      layers_(std::move(layers)),
      limits_(limits),
      deadline_(deadline) {}

void layer_transfers::start(const std::shared_ptr<layer_transfers>& self, layer_request what) {
    const auto signal = self->signals_.emplace(self->signals_.end());
    ++self->under_way_;
    auto ended = [self, signal](const std::exception_ptr& fault) {
        --self->under_way_;
        self->signals_.erase(signal);
        if (fault && !self->fault_) {
            self->fault_ = fault;
        }
        self->wake_.cancel();
    };
    asio::co_spawn(
        self->wake_.get_executor(),
        run(self, std::move(what)),
        asio::bind_cancellation_slot(signal->slot(), std::move(ended))
    );
}

awaitable<void> layer_transfers::run(std::shared_ptr<layer_transfers> self, layer_request what) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const image_layer layer = self->layers_.at(what.layer);
    const scan_limits limits{self->limits_, what.image_bytes_left};
    const auto scan = std::make_shared<layer_scan>(
        co_await asio::this_coro::executor, layer, std::move(what.question), limits
    );
    blob_conversation talk(
        self->at_, layer.digest, layer.size, scan, self->with_.memory, self->deadline_
    );
    auto end = co_await drive(talk, self->with_.exchange, self->with_.time, self->deadline_);
    auto* failure = std::get_if<policy::fetch_failure>(&end);
    auto got = co_await scan->finish(failure == nullptr);
    landed made{what.layer, policy::fetch_failure{}};
    if (got) {
        made.found = std::move(got.value());
    } else if (failure != nullptr && got.error().code() == policy::errc::canceled) {
        made.found = std::move(*failure);
    } else {
        made.found = policy::fetch_failure{
            cause_of(got.error().code()), got.error().detail(), talk.is_listed()};
    }
    self->landed_.push_back(std::move(made));
}

layer_transfers::landed layer_transfers::take() {
    landed first = std::move(landed_.front());
    landed_.pop_front();
    return first;
}

void layer_transfers::cancel() {
    // A transfer that ends at once takes its signal out of the list.
    for (auto at = signals_.begin(); at != signals_.end();) {
        const auto one = at++;
        one->emit(asio::cancellation_type::all);
    }
}

awaitable<void> layer_transfers::wait() { co_await wake_.async_wait(use_token); }

} // namespace gatehouse::server
