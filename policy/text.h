#pragma once
// Text for people: quoting, joining, cutting. Whatever comes from a pod, a registry or a peer
// passes through here before it reaches a message, a log or a label, so that it cannot forge a
// line, colour a terminal or run on for megabytes.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// How long an excerpt of untrusted text may become, in bytes.
inline constexpr std::size_t longest_excerpt = 160;

/// Printable ASCII only: everything else is written as \t, \n, \u{202e} or \x{ff} (not UTF-8),
/// cut at `limit` bytes with "..." where something is missing. Never longer than `limit`.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = longest_excerpt);

/// One line: control, bidirectional and invisible characters and bytes that are not UTF-8 are
/// escaped as printable() does, letters of every script stay. For names of files, which people want
/// to click on; never cut.
[[nodiscard]] std::string one_line(std::string_view text);

/// The excerpt in double quotes; quotes and backslashes inside are escaped.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t limit = longest_excerpt);

/// As it is where it reads as an identifier (letters, digits and -._/:@+ only, not too long), else
/// quoted.
[[nodiscard]] std::string plain_or_quoted(
    std::string_view text,
    std::size_t limit = longest_excerpt
);

/// "a, b, c"; from `most` on "a, b and 7 more".
[[nodiscard]] std::string joined(std::span<const std::string> items, std::size_t most);

/// "1 rule", "2 rules".
[[nodiscard]] std::string counted(std::size_t number, std::string_view noun);

/// The longest prefix of `text` of at most `limit` bytes that does not end inside a UTF-8 sequence.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t limit);

/// The end of a glob match: `*` is any run of characters, `?` is one; nothing else is special;
/// anchored, case-sensitive, linear in text times number of stars (interface section 2.1: names,
/// users, tags).
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view text);

/// `text` without ASCII upper case.
[[nodiscard]] std::string lower(std::string_view text);

/// Appends `text` as the inside of a JSON string (no quotes around it). Requires: valid UTF-8.
void append_json_escaped(std::string& to, std::string_view text);

} // namespace gatehouse::policy
