#pragma once
// Cuts a YAML stream into its documents before any of them is parsed, so that a syntax error in one
// never hides the next. `---` and `...` in column 1, followed by a blank or the line's end, are
// markers wherever they stand, inside quoted and block scalars too (YAML 1.2 section 9.1.2).

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

struct yaml_chunk {
    std::string_view text;  ///< from the `---` line, where there is one; a view of the stream
    std::size_t offset = 0; ///< of `text` within the stream
    std::string problem;    ///< a directive that cannot be followed; empty where all is well
    std::size_t problem_offset = 0; ///< within the stream
};

/// The documents of the stream in order: one for each `---`, and one for each stretch without it
/// that holds more than comments. `%YAML 1.x` is accepted and dropped; other directives are a
/// problem of the document that they introduce. Beyond `limit` there is one more, with a problem. The stream starts without a byte order mark.
[[nodiscard]] std::vector<yaml_chunk> split_documents(std::string_view stream, std::size_t limit);

} // namespace gatehouse::policy
