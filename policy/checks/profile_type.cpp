#include "policy/checks/profile_type.h"

#include "policy/checks/wording.h"

#include <fmt/format.h>

namespace gatehouse::policy {

bool is_confined(const security_profile& profile) noexcept {
    return profile.type == "RuntimeDefault" || profile.type == "Localhost";
}

std::string unconfined_text(std::string_view field, const security_profile& profile) {
    return fmt::format(
        "must not set securityContext.{}.type: {}; set it to RuntimeDefault or Localhost",
        field,
        shown(profile.type)
    );
}

} // namespace gatehouse::policy
