#pragma once
// An answer as the bytes of HTTP/1.1, header and body in one piece, so that it leaves in one write
// and one TLS record. Written by hand because it is on the path of every review.

#include "server/handler.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::server {

/// The Date field (RFC 9110, 6.6.1), rendered once a second. Loop thread only.
class date_field {
  public:
    /// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"; asks the wall clock only if `now` is a second
    /// further.
    [[nodiscard]] std::string_view at(steady::time_point now);
    [[nodiscard]] static std::string rendered(std::chrono::sys_seconds time);

  private:
    std::string line_;
    steady::time_point rendered_at_{};
};

/// What the answer says about the connection.
enum class persistence : std::uint8_t {
    silent,     ///< HTTP/1.1 goes on by default
    keep_alive, ///< an HTTP/1.0 client asked for it
    close,
};

/// To a HEAD request goes the header of what a GET would get.
enum class payload : std::uint8_t { with_body, header_only };

/// Appends the whole answer. `date` is a line with its end, or empty.
void append_response(
    std::string& to,
    const response& what,
    persistence connection,
    payload extent,
    std::string_view date
);

} // namespace gatehouse::server
