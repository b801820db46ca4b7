#include "policy/checks/proc_mount_type.h"

#include "policy/checks/wording.h"

#include <fmt/format.h>

namespace gatehouse::policy {

void forbid_unmasked_proc(const pod& subject, std::string_view advice, finding_collector& found) {
    for_each_container(subject, [&](const element& where, const container& c) {
        const auto& type = c.security.proc_mount;
        if (type && *type != "Default") {
            found.forbid(
                where,
                "securityContext.procMount",
                fmt::format("must not set securityContext.procMount: {}; {}", shown(*type), advice)
            );
        }
    });
}

} // namespace gatehouse::policy
