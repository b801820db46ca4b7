#pragma once
// What bytes a YAML document may consist of, checked before the parser sees any: UTF-8 only, and
// none of the characters that YAML readers disagree on. A byte that one reader takes for the end of
// the file or of a comment would let a policy mean less than it shows.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

struct character_problem {
    std::size_t offset = 0;
    std::string message;
};

/// The first character that is refused: bytes that are not UTF-8, control characters other than
/// tab and line feed (a carriage return only before a line feed), the line separators U+0085,
/// U+2028 and U+2029, byte order marks, surrogates and U+FFFE, U+FFFF.
[[nodiscard]] std::optional<character_problem> find_bad_character(std::string_view text);

/// JSON writes a character beyond U+FFFF as two `\u` escapes, which YAML 1.2 lacks and yaml-cpp
/// refuses. Rewritten as one `\U`, each pair gets two bytes shorter.
struct rewritten_text {
    std::string text;
    std::vector<std::size_t> cuts; ///< offsets in `text` before which two bytes are missing

    /// Where the byte at `offset` of `text` stood before.
    [[nodiscard]] std::size_t original(std::size_t offset) const;
};

/// Rewrites the pairs inside double quotes where the text is flow style from its first character
/// on, as all JSON is; leaves every other text as it is.
[[nodiscard]] rewritten_text join_surrogate_escapes(std::string_view text);

} // namespace gatehouse::policy
