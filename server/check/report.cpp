#include "server/check/report.h"

#include <algorithm>

namespace gatehouse::server {

int status_of(const check_report& report, bool strict) noexcept {
    const bool incomplete =
        strict && std::ranges::any_of(report.results, [](const checked_object& one) {
            return !one.not_checked.empty();
        });
    if (!report.errors.empty() || incomplete) {
        return 2;
    }
    return std::ranges::all_of(report.results, &checked_object::allowed) ? 0 : 1;
}

} // namespace gatehouse::server
