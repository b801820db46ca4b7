#pragma once
// The log: one event a line, on stderr, as a JSON object or as text. An event is a word and its fields,
// never prose; values from outside are made printable and cut here. Never blocks: a line that the
// reader of the pipe has no room for is dropped and counted. Safe on any thread, as it keeps no state
// but that counter and a line is a single write.

#include "server/clock.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace gatehouse::server {

enum class log_level : std::uint8_t { debug, info, warn, error };
enum class log_format : std::uint8_t { json, text };

/// "debug", "info", "warn", "error".
[[nodiscard]] std::string_view name_of(log_level level) noexcept;
[[nodiscard]] std::optional<log_level> log_level_named(std::string_view name) noexcept;
[[nodiscard]] std::optional<log_format> log_format_named(std::string_view name) noexcept;

/// One field of an event; what it views must live until the line is written.
struct log_field {
    std::string_view name; ///< literal
    std::variant<std::string_view, std::int64_t, double, bool, std::span<const std::string>> value;
};

/// The text of one line with its newline, at most `longest_log_line` bytes; fields that do not fit are
/// left out and the line says so with `truncated`. Pure.
[[nodiscard]] std::string log_line(
    log_format format,
    wall_time when,
    log_level level,
    std::string_view event,
    std::span<const log_field> fields
);

/// What a pipe takes in one piece (PIPE_BUF of Linux).
inline constexpr std::size_t longest_log_line = 4096;

class log {
  public:
    /// Writes to `descriptor`, which the log does not own.
    log(int descriptor, log_format format, log_level least, const clock& time)
        : descriptor_(descriptor), format_(format), least_(least), time_(time) {}
    log(const log&) = delete;
    log& operator=(const log&) = delete;

    /// False: an event of that level is not written, so its fields need not be made.
    [[nodiscard]] bool wants(log_level level) const noexcept { return level >= least_; }

    void write(log_level level, std::string_view event, std::span<const log_field> fields);
    void write(
        log_level level,
        std::string_view event,
        std::initializer_list<log_field> fields = {}
    ) {
        write(level, event, std::span(fields.begin(), fields.size()));
    }

    /// Lines that found no room.
    [[nodiscard]] std::uint64_t dropped() const noexcept {
        return dropped_.load(std::memory_order_relaxed);
    }

  private:
    int descriptor_;
    log_format format_;
    log_level least_;
    const clock& time_;
    std::atomic<std::uint64_t> dropped_{0};
};

} // namespace gatehouse::server
