#include "server/image/layer_transfers.h"

#include "server/image/layer_scan.h"
#include "server/registry/blob.h"
#include "server/registry/drive.h"

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
    : side_work(on),
      with_(with),
      at_(std::move(at)),
      layers_(std::move(layers)),
      limits_(limits),
      deadline_(deadline) {}

void layer_transfers::start(const std::shared_ptr<layer_transfers>& self, layer_request what) {
    self->spawn(self, run(self, std::move(what)));
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

} // namespace gatehouse::server
