#pragma once
// securityContext.procMount, for its two checks: whether /proc keeps the masks of the runtime.

#include "policy/checks/check.h"

#include <string_view>

namespace gatehouse::policy {

/// Forbids everything but `Default` and absence in every container; `advice` ends the sentence.
void forbid_unmasked_proc(const pod& subject, std::string_view advice, finding_collector& found);

} // namespace gatehouse::policy
