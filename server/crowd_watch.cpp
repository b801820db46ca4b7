#include "server/crowd_watch.h"

#include <algorithm>

namespace gatehouse::server {

bool crowd_watch::has_ended(std::size_t connections) noexcept {
    most_ = std::max(most_, connections);
    if (most_ < smallest_crowd || connections > most_ / 2) {
        quiet_ticks_ = 0;
        return false;
    }
    if (++quiet_ticks_ < patience) {
        return false;
    }
    most_ = connections;
    quiet_ticks_ = 0;
    return true;
}

} // namespace gatehouse::server
