#pragma once
// What readers of all kinds of documents share: a source taken apart into its documents, and the
// fields by which a document says what it is. For the readers of policies and of configurations.

#include "policy/document/diagnostics.h"
#include "policy/document/parse.h"
#include "policy/yaml/tree.h"

#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// The documents that are good YAML and not empty; what is wrong with the others is reported, and that
/// there is none at all in the words given. Views into the source's text.
[[nodiscard]] std::vector<yaml_document> documents_of(
    const policy_source& source,
    std::string_view if_none,
    diagnostics& to
);

/// The document's `kind` where it is one text, else null.
[[nodiscard]] const yaml_node* kind_of(const yaml_node& root);

inline constexpr std::string_view policy_kind = "AdmissionPolicy";
inline constexpr std::string_view configuration_kind = "ServerConfiguration";

} // namespace gatehouse::policy
