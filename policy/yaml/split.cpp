#include "policy/yaml/split.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::policy {
namespace {

bool is_marker(std::string_view line, std::string_view marker) {
    return line.starts_with(marker)
           && (line.size() == marker.size()
               || std::string_view(" \t\r").find(line[marker.size()]) != std::string_view::npos);
}

bool is_blank_or_comment(std::string_view line) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    return first == std::string_view::npos || line[first] == '#';
}

/// What is wrong with a line that begins with `%`, or nothing.
std::string directive_problem(std::string_view line) {
    const std::size_t name_end = line.find_first_of(" \t\r");
    const std::string_view name = line.substr(0, name_end);
    if (name != "%YAML") {
        return fmt::format("the directive {} is not supported", quoted(name));
    }
    const std::size_t from = line.find_first_not_of(" \t\r", name.size());
    const std::string_view version =
        from == std::string_view::npos
            ? std::string_view()
            : line.substr(from, line.find_first_of(" \t\r", from) - from);
    if (!version.starts_with("1.") || version.size() != 3) {
        return fmt::format("YAML version {} is not supported", quoted(version));
    }
    return {};
}

class splitter {
  public:
    splitter(std::string_view stream, std::size_t limit) : stream_(stream), limit_(limit) {}

    std::vector<yaml_chunk> run() {
        for (std::size_t at = 0; at < stream_.size() && chunks_.size() <= limit_;) {
            const std::size_t newline = stream_.find('\n', at);
            const std::size_t end = newline == std::string_view::npos ? stream_.size() : newline;
            take_line(at, stream_.substr(at, end - at));
            at = end + 1;
        }
        close(stream_.size());
        if (chunks_.size() > limit_) {
            chunks_.resize(limit_ + 1);
            chunks_.back().problem = fmt::format("there are more than {} documents", limit_);
            chunks_.back().problem_offset = chunks_.back().offset;
        }
        return std::move(chunks_);
    }

  private:
    void take_line(std::size_t at, std::string_view line) {
        if (is_marker(line, "---")) {
            begin_marked(at);
        } else if (is_marker(line, "...")) {
            close(at);
            begin_after_end_marker(at, line);
        } else if (!marked_ && !has_content_ && line.starts_with('%')) {
            take_directive(at, line);
        } else if (!marked_ && !is_blank_or_comment(line)) {
            has_content_ = true;
        }
    }

    void begin_marked(std::size_t at) {
        if (marked_ || has_content_) {
            close(at);
        }
        begin_ = at;
        marked_ = true;
        directive_waits_ = false;
    }

    void begin_after_end_marker(std::size_t at, std::string_view line) {
        begin_ = at + line.size();
        if (!is_blank_or_comment(line.substr(3))) {
            set_problem(at, "only a comment may follow `...`");
            has_content_ = true;
        }
    }

    void take_directive(std::size_t at, std::string_view line) {
        directive_waits_ = true;
        directive_ = at;
        set_problem(at, directive_problem(line));
    }

    /// The first problem of a document stands.
    void set_problem(std::size_t at, std::string message) {
        if (problem_.empty()) {
            problem_ = std::move(message);
            problem_offset_ = at;
        }
    }

    /// Ends the document that is open, if there is one, just before `end`.
    void close(std::size_t end) {
        if (directive_waits_) {
            set_problem(directive_, "a directive must be followed by a line of `---`");
        }
        if (marked_ || has_content_ || directive_waits_) {
            chunks_.push_back(
                {.text = stream_.substr(begin_, end - begin_),
                 .offset = begin_,
                 .problem = problem_,
                 .problem_offset = problem_offset_}
            );
        }
        begin_ = end;
        marked_ = has_content_ = directive_waits_ = false;
        problem_.clear();
    }

    std::string_view stream_;
    std::size_t limit_;
    std::vector<yaml_chunk> chunks_;
    std::size_t begin_ = 0;
    bool marked_ = false;          ///< the open document began with `---`
    bool has_content_ = false;     ///< it has more than comments before any `---`
    bool directive_waits_ = false; ///< a directive has no `---` yet
    std::size_t directive_ = 0;
    std::string problem_;
    std::size_t problem_offset_ = 0;
};

} // namespace

std::vector<yaml_chunk> split_documents(std::string_view stream, std::size_t limit) {
    return splitter(stream, limit).run();
}

} // namespace gatehouse::policy
