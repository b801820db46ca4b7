#pragma once
// The API server for a command that asks it a few things and ends: a loop, the client on it, and a way to run a
// coroutine to its end. One thread.

#include "server/cpu_pool.h"
#include "server/kube/client.h"
#include "server/run_to_end.h"

#include <utility>

namespace gatehouse::server {

class kube_session {
  public:
    /// `time` outlives this.
    kube_session(const clock& time, api_access at)
        : loop_(1), files_(loop_, 1), client_(loop_, files_, time, counts_, std::move(at)) {}
    kube_session(const kube_session&) = delete;
    kube_session& operator=(const kube_session&) = delete;

    [[nodiscard]] api_client& client() noexcept { return client_; }
    [[nodiscard]] loop& runs_on() noexcept { return loop_; }

    /// What it returns; what it throws is thrown here.
    template <class Value>
    [[nodiscard]] Value run(awaitable<Value> work) {
        return run_to_end(loop_, std::move(work));
    }

  private:
    loop loop_;
    cpu_pool files_;
    kube_counts counts_;
    api_client client_;
};

} // namespace gatehouse::server
