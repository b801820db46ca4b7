#include "server/response_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace gatehouse::server {

namespace {

std::string_view status_line(unsigned status) {
    switch (status) {
    case 200:
        return "HTTP/1.1 200 OK\r\n";
    case 400:
        return "HTTP/1.1 400 Bad Request\r\n";
    case 404:
        return "HTTP/1.1 404 Not Found\r\n";
    case 405:
        return "HTTP/1.1 405 Method Not Allowed\r\n";
    case 408:
        return "HTTP/1.1 408 Request Timeout\r\n";
    case 411:
        return "HTTP/1.1 411 Length Required\r\n";
    case 413:
        return "HTTP/1.1 413 Content Too Large\r\n";
    case 415:
        return "HTTP/1.1 415 Unsupported Media Type\r\n";
    case 431:
        return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
    case 501:
        return "HTTP/1.1 501 Not Implemented\r\n";
    case 503:
        return "HTTP/1.1 503 Service Unavailable\r\n";
    case 505:
        return "HTTP/1.1 505 HTTP Version Not Supported\r\n";
    default:
        return "HTTP/1.1 500 Internal Server Error\r\n";
    }
}

void append_field(std::string& to, std::string_view name, std::string_view value) {
    to += name;
    to += ": ";
    to += value;
    to += "\r\n";
}

} // namespace

std::string_view date_field::at(steady::time_point now) {
    if (line_.empty() || now - rendered_at_ >= std::chrono::seconds(1)) {
        rendered_at_ = now;
        line_ =
            rendered(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    }
    return line_;
}

std::string date_field::rendered(std::chrono::sys_seconds time) {
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format(
        "Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
        days.at(std::chrono::weekday(day).c_encoding()),
        static_cast<unsigned>(date.day()),
        months.at(static_cast<unsigned>(date.month()) - 1),
        static_cast<int>(date.year()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count()
    );
}

void append_response(
    std::string& to,
    const response& what,
    persistence connection,
    payload extent,
    std::string_view date
) {
    std::array<char, 20> digits{};
    const auto number = std::to_chars(digits.begin(), digits.end(), what.body.size());
    to += status_line(what.status);
    to += date;
    append_field(to, "Content-Type", what.content_type);
    append_field(to, "Content-Length", {digits.data(), number.ptr});
    if (connection != persistence::silent) {
        append_field(to, "Connection", connection == persistence::close ? "close" : "keep-alive");
    }
    if (!what.extra.name.empty()) {
        append_field(to, what.extra.name, what.extra.value);
    }
    to += "\r\n";
    if (extent == payload::with_body) {
        to += what.body;
    }
}

} // namespace gatehouse::server
