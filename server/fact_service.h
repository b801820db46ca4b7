#pragma once
// Facts about images, ready to be asked for: the loop, the pool, the way to registries and the cache of
// what they said, composed once for every command that asks registries (`serve`, `verify`, `check
// --resolve`). On the thread that runs the loop only.

#include "server/cpu_pool.h"
#include "server/fact_cache.h"
#include "server/registry_access.h"
#include "server/registry_counts.h"
#include "server/registry_state.h"

#include <functional>
#include <memory>
#include <string_view>

namespace gatehouse::server {

class fact_service {
  public:
    /// `counts` and `time` outlive this. `fault` is told of exceptions that ended a look-up.
    fact_service(
        registry_counts& counts,
        const clock& time,
        std::function<void(std::string_view)> fault
    );
    fact_service(const fact_service&) = delete;
    fact_service& operator=(const fact_service&) = delete;
    ~fact_service() { end_all(); }

    /// From now on; what was known under the state before is kept as far as the two agree.
    void use(std::shared_ptr<const registry_state> next);

    [[nodiscard]] loop& runs_on() noexcept { return loop_; }
    [[nodiscard]] cpu_pool& pool() noexcept { return pool_; }
    /// To be asked once use() was called.
    [[nodiscard]] fact_cache& cache() noexcept { return cache_; }
    [[nodiscard]] const fact_cache& cache() const noexcept { return cache_; }

    /// Ends every coroutine that still waits on the loop, once nothing in the pool reads what they own. For
    /// an owner whose members they use: after a stop at once those would be gone before the coroutines are.
    void end_all();

  private:
    class ending_loop : public loop {
      public:
        using loop::loop;
        void end_all() { shutdown(); }
    };

    ending_loop loop_;
    cpu_pool pool_;
    registry_access registries_;
    fact_cache cache_;
    std::shared_ptr<const registry_state> state_; ///< null before the first use()
};

} // namespace gatehouse::server
