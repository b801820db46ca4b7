#pragma once
// Questions to a running server through cpp-httplib, a second opinion on our HTTP: reviews over HTTPS
// with a connection each, probes and metrics over plain HTTP.

#include "tests/integration/http_message.h"

#include <cstdint>
#include <string>

namespace gatehouse::testing_support {

/// Throws std::runtime_error where no answer comes.
[[nodiscard]] http_response ask(std::uint16_t webhook_port, const http_request& request);
[[nodiscard]] http_response ask(std::uint16_t webhook_port, const std::string& body);

/// GET on the ops port.
[[nodiscard]] http_response get_ops(std::uint16_t ops_port, const std::string& target);

/// The value of one line of /metrics, such as `gatehouse_connections` or `name{a="b"}`; 0 if absent.
[[nodiscard]] double metric(std::uint16_t ops_port, const std::string& series);

} // namespace gatehouse::testing_support
