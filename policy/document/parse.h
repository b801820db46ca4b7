#pragma once
// Policy files to documents, strictly (interface 2): unknown fields, duplicate keys, wrong types,
// duplicate names, empty include lists and patterns that match nothing are errors, and all of them
// are reported at once. Driven by the field table in schema.h, which also writes the JSON Schema.

#include "policy/document/document.h"
#include "policy/yaml/tree.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// The text of one file and the name it has in messages.
struct policy_source {
    std::string name;
    std::string text;
};

/// One line of `policy validate`: `file:line:column: field: what is wrong`.
struct diagnostic {
    std::string source;
    position at;
    std::string field; ///< "spec.images.allow[2]"; empty for the document as a whole
    std::string message;
    [[nodiscard]] std::string text() const;
};

struct parsed_policies {
    std::vector<policy_document> policies; ///< in order of sources and documents
    std::vector<diagnostic> errors;        ///< any = none of the policies may be used
    std::vector<diagnostic> warnings;
};

/// Reads every document of every source. A source without any document, and no source at all, are
/// errors; so are more than 1,024 policies. Names are compared across all sources.
[[nodiscard]] parsed_policies parse_policies(std::span<const policy_source> sources);

/// The built-in policy as YAML (interface 2.7), as `policy print-default` prints it.
[[nodiscard]] std::string_view default_policy_text() noexcept;

} // namespace gatehouse::policy
