#pragma once
// The only door to yaml-cpp: one document's text to a flat list of events. Nothing of the library,
// its exceptions included, gets past this file. Aliases stay references here (build.h expands
// them), so that the list is never larger than the text.

#include "policy/yaml/tree.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

struct yaml_event {
    enum class type : std::uint8_t { empty, scalar, alias, sequence, mapping, end };
    type what = type::empty;
    bool plain = false;     ///< of a scalar
    std::size_t offset = 0; ///< within the text that was parsed
    std::string scalar;
    std::string tag;        ///< explicit ones only
    std::size_t target = 0; ///< of an alias: the event where the anchored node begins
};

struct recorded_events {
    std::vector<yaml_event> events; ///< of one node; empty where there is a problem
    std::string problem;            ///< empty where all is well
    std::size_t problem_offset = 0;
};

/// Requires: no bad characters in the text (characters.h), and at most one document.
[[nodiscard]] recorded_events record_events(std::string_view text, const yaml_limits& limits);

} // namespace gatehouse::policy
