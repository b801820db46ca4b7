#include "policy/yaml/events.h"

#include "policy/text.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace gatehouse::policy {
namespace {

/// Ends the parse from inside a callback; yaml-cpp offers no other way.
struct stop {
    std::size_t offset;
    std::string message;
};

std::size_t offset_of(const YAML::Mark& mark) {
    return mark.is_null() || mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
}

/// The null word at the front ("~", "null"), or an empty view.
std::string_view null_word(std::string_view text) {
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
        if (text.starts_with(word)) {
            return word;
        }
    }
    return {};
}

std::size_t skip_blanks_and_comments(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        if (text[at] == '#') {
            at = std::min(text.find('\n', at), text.size());
        } else if (std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) {
            ++at;
        } else {
            break;
        }
    }
    return at;
}

class recorder : public YAML::EventHandler {
  public:
    recorder(std::string_view text, const yaml_limits& limits) : text_(text), limits_(limits) {}

    std::vector<yaml_event>&& take() { return std::move(events_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (started_) {
            throw stop{offset_of(mark), "the document ended before this; check the indentation"};
        }
        started_ = true;
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        yaml_event& event = add(yaml_event::type::empty, mark, anchor);
        // yaml-cpp reports `~` and nothing at all alike, and nothing at the token that follows. It
        // is taken for a written word until another event claims the same place.
        std::size_t at = event.offset;
        if (anchor != 0) {
            at = std::min(text_.find_first_of(" \t\r\n", at), text_.size());
            at = skip_blanks_and_comments(text_, at);
        }
        const std::string_view word = null_word(text_.substr(std::min(at, text_.size())));
        if (!word.empty()) {
            event.what = yaml_event::type::scalar;
            event.plain = true;
            event.scalar = word;
            doubtful_ = doubtful_null{events_.size() - 1, event.offset, at};
        }
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        yaml_event& event = add(yaml_event::type::alias, mark, 0);
        const anchored& target = anchors_.at(anchor - 1);
        if (target.open) {
            throw stop{event.offset, "an alias may not stand inside the node that it names"};
        }
        event.target = target.event;
    }

    void OnScalar(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value
    ) override {
        yaml_event& event = add(yaml_event::type::scalar, mark, anchor);
        event.plain = tag == "?";
        event.scalar = value;
        set_tag(event, tag);
    }

    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override {
        open(yaml_event::type::sequence, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override {
        open(yaml_event::type::mapping, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    struct anchored {
        std::size_t event;
        bool open;
    };
    struct doubtful_null {
        std::size_t event;
        std::size_t offset;
        std::size_t word_offset;
    };

    yaml_event& add(yaml_event::type what, const YAML::Mark& mark, YAML::anchor_t anchor) {
        const std::size_t offset = offset_of(mark);
        if (doubtful_ && (doubtful_->offset == offset || doubtful_->word_offset == offset)) {
            yaml_event& nothing = events_[doubtful_->event];
            nothing.what = yaml_event::type::empty;
            nothing.plain = false;
            nothing.scalar.clear();
        }
        doubtful_.reset();
        if (events_.size() >= limits_.nodes) {
            throw stop{offset, "there are too many nodes"};
        }
        if (anchor != 0) {
            anchors_.push_back({events_.size(), false});
        }
        yaml_event& event = events_.emplace_back();
        event.what = what;
        event.offset = offset;
        return event;
    }

    void open(
        yaml_event::type what,
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor
    ) {
        yaml_event& event = add(what, mark, anchor);
        set_tag(event, tag);
        if (open_.size() == limits_.depth) {
            throw stop{event.offset, fmt::format("nested more than {} levels deep", limits_.depth)};
        }
        const bool named = anchor != 0;
        open_.push_back(named ? std::optional(anchors_.size() - 1) : std::nullopt);
        if (named) {
            anchors_.back().open = true;
        }
    }

    void close() {
        if (open_.back()) {
            anchors_[*open_.back()].open = false;
        }
        open_.pop_back();
        events_.emplace_back().what = yaml_event::type::end;
    }

    static void set_tag(yaml_event& event, const std::string& tag) {
        if (tag != "?" && tag != "!") { // yaml-cpp's marks for "guess" and "do not guess"
            event.tag = tag;
        }
    }

    std::string_view text_;
    const yaml_limits& limits_;
    std::vector<yaml_event> events_;
    std::vector<anchored> anchors_;                ///< by yaml-cpp's number, from 1
    std::vector<std::optional<std::size_t>> open_; ///< anchor of each collection that is open
    std::optional<doubtful_null> doubtful_;
    bool started_ = false;
};

/// yaml-cpp's words for what its users get wrong most, in words that tell what to do.
std::string explained(std::string_view message) {
    using namespace YAML::ErrorMsg;
    // The library's texts are constants at run time only.
    static const std::array<std::pair<std::string_view, std::string_view>, 12> table{{
        {END_OF_MAP, "expected a field and its `:` here; check the indentation"},
        {END_OF_SEQ, "expected a list item (`- `) here; check the indentation"},
        {END_OF_MAP_FLOW, "expected `,` or `}` here"},
        {END_OF_SEQ_FLOW, "expected `,` or `]` here"},
        {FLOW_END, "this bracket closes nothing that is open"},
        {MAP_VALUE, "a `:` cannot stand here; check the indentation, or quote the text"},
        {MAP_KEY, "a `? ` cannot stand here; check the indentation, or quote the text"},
        {BLOCK_ENTRY, "a list item (`- `) cannot stand here; check the indentation"},
        {TAB_IN_INDENTATION, "a tab cannot indent; use spaces"},
        {EOF_IN_SCALAR, "a quoted text has no closing quote"},
        {UNKNOWN_TOKEN, "a text cannot begin with this character; quote it"},
        {CHAR_IN_BLOCK, "only a comment may follow `|` or `>`"},
    }};
    for (const auto& [theirs, ours] : table) {
        if (message == theirs) {
            return std::string(ours);
        }
    }
    return printable(message);
}

bool is_indented_by_tab(std::string_view text, std::size_t offset) {
    const std::size_t newline = text.rfind('\n', offset == 0 ? 0 : offset - 1);
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    const std::size_t first = text.find_first_not_of(' ', begin);
    return first < offset && text[first] == '\t';
}

/// Where a directive stands in the middle of a document; yaml-cpp ends the document there.
std::size_t late_directive(std::string_view text) {
    const std::size_t found = text.find("\n%");
    return found == std::string_view::npos ? text.size() : found + 1;
}

/// yaml-cpp takes a quoted text without closing quote for complete where nothing but blanks follow
/// its last line break. A comment at the end shows it the truth.
std::string with_guard(std::string_view text) {
    std::string out(text);
    const std::size_t last = text.find_last_not_of(" \t");
    if (last != std::string_view::npos && text[last] == '\n') {
        out += last + 1 == text.size() ? "#" : "\n#";
    }
    return out;
}

void parse(std::string_view text, recorder& to) {
    std::istringstream stream(with_guard(text));
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(to) && parser) {
        // Whatever is left would be a second document without its `---`.
        parser.HandleNextDocument(to);
        throw stop{late_directive(text), "a line cannot begin with `%` here"};
    }
}

} // namespace

recorded_events record_events(std::string_view text, const yaml_limits& limits) {
    recorded_events out;
    recorder handler(text, limits);
    try {
        parse(text, handler);
        out.events = handler.take();
    } catch (const stop& reason) {
        out.problem = reason.message;
        out.problem_offset = reason.offset;
    } catch (const YAML::ParserException& error) {
        out.problem_offset = offset_of(error.mark);
        out.problem = is_indented_by_tab(text, out.problem_offset)
                          ? explained(YAML::ErrorMsg::TAB_IN_INDENTATION)
                          : explained(error.msg);
        if (error.msg == YAML::ErrorMsg::BAD_FILE) { // its own limit of depth
            out.problem = fmt::format("nested more than {} levels deep", limits.depth);
        }
    } catch (const std::runtime_error& error) {
        out.problem = printable(error.what());
    }
    out.problem_offset = std::min(out.problem_offset, text.size()); // not in the guard
    return out;
}

} // namespace gatehouse::policy
