#pragma once
// A check report as text: for people, grouped by object, or as the JSON object of interface 1.1.
// Pure; the same report always gives the same bytes. Text from outside is made printable for people;
// in JSON it stays as it was, since JSON escapes what must be.

#include "server/check/report.h"

#include <cstdint>
#include <string>

namespace gatehouse::server {

enum class colours : std::uint8_t { off, on };

/// The results and a summary line.
[[nodiscard]] std::string check_text(const check_report& report, colours colour);

/// One line an error: `web.yaml:3:1: document 2: what is wrong`. Empty where there is none.
[[nodiscard]] std::string check_errors_text(const check_report& report);

[[nodiscard]] std::string check_json(const check_report& report);

} // namespace gatehouse::server
