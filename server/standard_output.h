#pragma once
// Results on standard output, whole or known to be missing. For commands.

#include <string_view>

namespace gatehouse::server {

/// False where it could not be written, to a full disk or a closed pipe.
[[nodiscard]] bool write_to_stdout(std::string_view text);

} // namespace gatehouse::server
