#pragma once

namespace gatehouse::server {

/// The exit status of a command that was called wrongly.
inline constexpr int usage_error = 2;

} // namespace gatehouse::server
