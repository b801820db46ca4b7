#pragma once
// The file that tells a script which ports were chosen: `webhook PORT` and `ops PORT`, a line each.

#include "policy/result.h"

#include <cstdint>
#include <string>

namespace gatehouse::server {

struct chosen_ports {
    std::uint16_t webhook = 0;
    std::uint16_t ops = 0;
};

/// Writes it in one step, so that a reader never sees half of it. Error: unavailable, with the file and
/// the system's reason.
[[nodiscard]] policy::result<void> write_port_file(const std::string& path, chosen_ports ports);

} // namespace gatehouse::server
