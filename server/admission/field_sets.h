#pragma once
// More than half of a large pod's JSON says which manager set which field (metadata.managedFields[].fieldsV1 of the
// Kubernetes API): objects in objects, with no other values. No rule reads it. It is checked here instead of being made
// into a tree, which takes longer. Pure.

#include <cstddef>
#include <cstdint>
#include <span>

namespace gatehouse::server {

/// Leaves out of `places`, in place, those inside of the field sets of `text`, which stand as empty objects then. Returns
/// how many places are left, in front. Only what is certainly JSON is left out, so that a parser of what is left refuses
/// whatever it would have refused, but for its limit of levels.
///
/// `places`: where in the text each bracket, comma, colon, string and bare word outside of strings begins, in order;
/// simdjson's first stage makes such a list. It has also seen that strings end, are UTF-8 and hold no control character.
[[nodiscard]] std::size_t leave_out_field_sets(
    std::span<const char> text,
    std::span<std::uint32_t> places
);

} // namespace gatehouse::server
