#pragma once
// What stands between a connection and the code that answers: one whole request to read, one answer
// to give. A handler either answers at once (a plain function, no coroutine made) or returns an
// awaitable. Handlers run on the loop thread and must not block it.

#include "server/net.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace gatehouse::server {

enum class http_method : std::uint8_t { get, head, post, other };

/// One request, body and all. Every view lives until the handler has answered, awaiting included.
struct request_view {
    http_method method = http_method::other;
    std::string_view path;         ///< as sent, up to the question mark
    std::string_view query;        ///< as sent, behind the question mark
    std::string_view content_type; ///< as sent; empty where there is none
    std::span<const char> body;    ///< followed by at least SIMDJSON_PADDING readable bytes
    steady::time_point received;   ///< when its first byte came
};

/// One header field; both parts outlive the answer (literals, or text of the router).
struct header_field {
    std::string_view name;
    std::string_view value;
};

struct response {
    unsigned status = 500;
    std::string_view content_type = "text/plain"; ///< literal
    std::string body;
    header_field extra = {}; ///< such as Retry-After; left out where the name is empty
    bool close = false;      ///< end the connection behind this answer
};

/// A text/plain answer; `text` gets its newline here.
[[nodiscard]] response plain_text(unsigned status, std::string_view text);

/// An answer, or the promise of one.
using reply = std::variant<response, awaitable<response>>;

/// An exception that leaves a handler is answered with HTTP 500 and ends that connection.
using handler = std::function<reply(const request_view&)>;

} // namespace gatehouse::server
