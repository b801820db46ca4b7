#pragma once
// Reads answers as an API server does, in its order, and with its complaints.

#include "tests/integration/http_message.h"

#include <nlohmann/json.hpp>

#include <string>

namespace gatehouse::testing_support {

/// The `response` of an answer to `review` (the text that was sent). Throws std::runtime_error where
/// an API server would not take it for a verdict.
[[nodiscard]] nlohmann::json response_in(const http_response& answer, const std::string& review);

/// Posts `review` and reads the answer.
[[nodiscard]] nlohmann::json verdict_on(std::uint16_t webhook_port, const std::string& review);

/// status.message, or an empty string.
[[nodiscard]] std::string message_of(const nlohmann::json& response);

} // namespace gatehouse::testing_support
