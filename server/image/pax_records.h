#pragma once
// The records of a pax extended header ("24 path=etc/passwd\n" ...), as far as they say where an entry lies and how
// long it is. Used by tar_headers. Pure.

#include "policy/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::server {

struct pax_records {
    std::optional<std::string> path;
    std::optional<std::string> link;
    std::optional<std::uint64_t> size;
};

/// Error: malformed records, some of these three empty or twice, sparse files, unknown character sets.
[[nodiscard]] policy::result<pax_records> parse_pax_records(std::string_view text);

} // namespace gatehouse::server
