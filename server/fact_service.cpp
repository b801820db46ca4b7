#include "server/fact_service.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace gatehouse::server {
namespace {

// Large reviews are parsed one at a time; a second thread serves middling ones beside that.
std::size_t pool_threads() {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 2);
}

} // namespace

fact_service::fact_service(
    registry_counts& counts,
    const clock& time,
    std::function<void(std::string_view)> fault
)
    : loop_(1),
      pool_(loop_, pool_threads()),
      registries_(loop_, pool_, counts, time),
      cache_({loop_, pool_, time, policy::verify, std::move(fault)}) {}

void fact_service::use(std::shared_ptr<const registry_state> next) {
    registries_.use(*next);
    const registry_changes changes = state_ ? changes_between(*state_, *next) : registry_changes{};
    cache_.use(registries_.store(), next->settings.configuration, changes);
    state_ = std::move(next);
}

void fact_service::end_all() {
    pool_.finish();
    loop_.end_all();
}

} // namespace gatehouse::server
