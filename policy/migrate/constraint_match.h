#pragma once
// match and enforcementAction of a Gatekeeper constraint. For from_gatekeeper.cpp.

#include "policy/document/document.h"
#include "policy/migrate/constraint.h"
#include "policy/migrate/notes.h"

namespace gatehouse::policy {

/// What findings do.
[[nodiscard]] actions actions_of(const gatekeeper_constraint& from, migration_notes& notes);

/// Absent where the constraint matched no Pod at all; the notes say why.
[[nodiscard]] std::optional<match_rules> match_of(
    const gatekeeper_constraint& from,
    migration_notes& notes
);

/// Warns of everything that was written and not read.
void warn_of_unread(const gatekeeper_constraint& from, migration_notes& notes);

} // namespace gatehouse::policy
