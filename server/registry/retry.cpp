#include "server/registry/retry.h"

#include <charconv>
#include <string_view>

namespace gatehouse::server {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds longest_pause{60};
constexpr milliseconds first_pause{100};
constexpr std::size_t lanes = 8;

std::optional<std::chrono::seconds> seconds_in(std::string_view text) {
    unsigned seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool is_number = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return is_number ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

} // namespace

std::optional<milliseconds> pause_before_retry(
    const http_response& answer,
    unsigned waits,
    std::size_t number
) {
    if ((answer.status != 429 && answer.status != 503) || waits >= most_waits) {
        return std::nullopt;
    }
    const auto named = seconds_in(answer.header("retry-after"));
    if (named) {
        return *named <= longest_pause ? std::optional<milliseconds>(*named) : std::nullopt;
    }
    if (answer.status != 429) {
        return std::nullopt;
    }
    const milliseconds whole = first_pause * (1U << waits);
    return whole + whole * (number % lanes) / lanes;
}

} // namespace gatehouse::server
