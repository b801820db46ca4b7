#pragma once
// The layers of one image on their way, each through a scan of its own: at most as many as account_search asks for
// at once. Shared with its coroutines; loop thread only. Used by fetch_account_files.

#include "server/image/account_search.h"
#include "server/image/fetch_account_files.h"
#include "server/image/image_layer.h"
#include "server/side_work.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace gatehouse::server {

class layer_transfers : public side_work {
  public:
    struct landed {
        std::size_t layer;
        policy::fact<layer_findings> found;
    };

    layer_transfers(
        executor on,
        layer_access with,
        endpoint at,
        std::vector<image_layer> layers,
        policy::layer_limits limits,
        tick_time deadline
    );

    static void start(const std::shared_ptr<layer_transfers>& self, layer_request what);
    [[nodiscard]] bool has_landed() const noexcept { return !landed_.empty(); }
    [[nodiscard]] landed take();

  private:
    [[nodiscard]] static awaitable<void> run(
        std::shared_ptr<layer_transfers> self,
        layer_request what
    );

    layer_access with_;
    endpoint at_;
    std::vector<image_layer> layers_;
    policy::layer_limits limits_;
    tick_time deadline_;
    std::deque<landed> landed_;
};

} // namespace gatehouse::server
