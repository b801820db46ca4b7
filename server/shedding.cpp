#include "server/shedding.h"

#include "server/request_time.h"

namespace gatehouse::server {

response shed(
    byte_budget& budget,
    std::string_view query,
    steady::time_point received,
    std::string_view why
) {
    budget.count_shed();
    response busy = plain_text(503, why);
    if (can_retry(query, steady::now() - received)) {
        busy.extra = {"Retry-After", "1"};
    }
    return busy;
}

} // namespace gatehouse::server
