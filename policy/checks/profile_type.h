#pragma once
// The type of a seccomp or AppArmor profile as every standard wants it. Used by the checks of both.

#include "policy/pod/pod.h"

#include <string>
#include <string_view>

namespace gatehouse::policy {

/// RuntimeDefault or Localhost. Everything else is not, a missing type and types unknown to us
/// included.
[[nodiscard]] bool is_confined(const security_profile& profile) noexcept;

/// What to say of a profile that is not, in securityContext.`field`.
[[nodiscard]] std::string unconfined_text(std::string_view field, const security_profile& profile);

} // namespace gatehouse::policy
