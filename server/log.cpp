#include "server/log.h"

#include "policy/text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <iterator>

namespace gatehouse::server {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warn", "error"};

// One value may take half of a line, so that the fields before and behind it still fit.
constexpr std::size_t longest_value = longest_log_line / 2;

void append_time(std::string& to, wall_time when) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(when);
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(when - whole);
    fmt::format_to(
        std::back_inserter(to),
        "{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
        fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
        rest.count()
    );
}

void append_json_string(std::string& to, std::string_view text) {
    to += '"';
    policy::append_json_escaped(to, policy::printable(text, longest_value));
    to += '"';
}

/// Appends values to a line in its format.
struct value_writer {
    std::string& to;
    log_format format;

    void operator()(std::string_view text) const {
        if (format == log_format::json) {
            append_json_string(to, text);
        } else {
            to += policy::plain_or_quoted(text, longest_value);
        }
    }
    void operator()(std::int64_t number) const {
        fmt::format_to(std::back_inserter(to), "{}", number);
    }
    void operator()(double number) const { fmt::format_to(std::back_inserter(to), "{}", number); }
    void operator()(bool is_so) const { to += is_so ? "true" : "false"; }
    void operator()(std::span<const std::string> items) const {
        to += format == log_format::json ? "[" : "";
        for (std::size_t i = 0; i < items.size(); ++i) {
            to += i == 0 ? "" : ",";
            (*this)(std::string_view(items[i]));
            if (to.size() > longest_log_line) {
                break; // the line is too long already: this field will be left out
            }
        }
        to += format == log_format::json ? "]" : "";
    }
};

void append_field(std::string& line, log_format format, const log_field& field) {
    if (format == log_format::json) {
        fmt::format_to(std::back_inserter(line), ",\"{}\":", field.name);
    } else {
        fmt::format_to(std::back_inserter(line), " {}=", field.name);
    }
    std::visit(value_writer{line, format}, field.value);
}

} // namespace

std::string_view name_of(log_level level) noexcept {
    return level_names[static_cast<std::size_t>(level)];
}

std::optional<log_level> log_level_named(std::string_view name) noexcept {
    for (std::size_t i = 0; i < level_names.size(); ++i) {
        if (level_names[i] == name) {
            return static_cast<log_level>(i);
        }
    }
    return std::nullopt;
}

std::optional<log_format> log_format_named(std::string_view name) noexcept {
    if (name == "json") {
        return log_format::json;
    }
    if (name == "text") {
        return log_format::text;
    }
    return std::nullopt;
}

std::string log_line(
    log_format format,
    wall_time when,
    log_level level,
    std::string_view event,
    std::span<const log_field> fields
) {
    const bool is_json = format == log_format::json;
    const std::string_view end = is_json ? "}\n" : "\n";
    const std::string_view cut = is_json ? R"(,"truncated":true)" : " truncated=true";
    std::string line = is_json ? R"({"time":")" : "";
    append_time(line, when);
    line += is_json ? R"(","level":")" : " ";
    line += name_of(level);
    line += is_json ? R"(","event":")" : " ";
    line += event;
    line += is_json ? "\"" : "";
    for (const log_field& field : fields) {
        const std::size_t before = line.size();
        append_field(line, format, field);
        if (line.size() + cut.size() + end.size() > longest_log_line) {
            line.resize(before);
            line += cut;
            break;
        }
    }
    line += end;
    return line;
}

void log::write(log_level level, std::string_view event, std::span<const log_field> fields) {
    if (!wants(level)) {
        return;
    }
    const std::string line = log_line(format_, time_.now(), level, event, fields);
    // A descriptor that polls writable takes a line of this length without blocking: a pipe has a whole
    // page free then. It may be shared, so it is not made non-blocking.
    pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    if (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0
        || ::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
    }
}

} // namespace gatehouse::server
