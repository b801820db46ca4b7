#pragma once
// What a signed statement says of an image, whichever format it was written in, before and apart from
// the question who signed it. Plain values; made by simple_signing and statement.

#include "policy/result.h"
#include "policy/signature/candidate.h"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>

namespace gatehouse::policy {

struct image_claim {
    statement_type type = statement_type::simple_signing;
    std::string identity; ///< the docker-reference; empty where the format names none
    std::map<std::string, std::string> annotations;
};

/// The string members of an object, the others left out; none where it is null (absent). Error:
/// malformed: no object, or more than is ever asked for; words to stand behind "its ...".
[[nodiscard]] result<std::map<std::string, std::string>> read_annotations(
    const nlohmann::json* value
);

} // namespace gatehouse::policy
