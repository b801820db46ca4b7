#include "server/manifest.h"

#include "policy/arena.h"
#include "policy/pod/json_reader.h"
#include "policy/text.h"
#include "policy/yaml/json.h"
#include "policy/yaml/line_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::position;
using simdjson::dom::element;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view blanks = " \t\r\n";

/// The end of the JSON value that begins at `begin` with a bracket, by brackets and strings alone;
/// the end of the text where it is not closed.
std::size_t end_of_value(std::string_view text, std::size_t begin) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t at = begin; at < text.size(); ++at) {
        const char c = text[at];
        if (in_string) {
            at += c == '\\' ? 1U : 0U;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (--depth == 0) {
                return at + 1;
            }
        }
    }
    return text.size();
}

/// Offset of the next thing that is neither blank nor a line of `---`.
std::size_t next_value(std::string_view text, std::size_t at) {
    while ((at = text.find_first_not_of(blanks, at)) != std::string_view::npos
           && text.substr(at).starts_with("---")) {
        at += 3;
    }
    return std::min(at, text.size());
}

bool is_bracket(std::string_view text, std::size_t at) {
    return at < text.size() && (text[at] == '{' || text[at] == '[');
}

/// True for errors that YAML, being laxer in its syntax, may not have.
bool is_syntax_error(simdjson::error_code code) {
    return code != simdjson::DEPTH_ERROR && code != simdjson::CAPACITY
           && code != simdjson::MEMALLOC;
}

/// What of an object tells how to read it.
struct type_meta {
    std::string api_version;
    std::string kind;
    std::optional<element> items;
    policy::decode_error error;
    bool has_error = false;
};

type_meta read_type(element object) {
    policy::arena memory;
    policy::json_reader reader(memory);
    type_meta out;
    const policy::json_path root{nullptr, ""};
    reader.fields(
        object,
        root,
        [&](std::string_view key, element value, const policy::json_path& at) {
            if (key == "apiVersion") {
                out.api_version = reader.text(value, at).value_or("");
            } else if (key == "kind") {
                out.kind = reader.text(value, at).value_or("");
            } else if (key == "items") {
                out.items = value;
            }
        }
    );
    out.has_error = reader.failed();
    out.error = reader.error();
    return out;
}

bool is_list(const type_meta& type) {
    return type.kind.ends_with("List") && (type.items || type.kind == "List");
}

/// What of a source came before the part that is read.
struct read_before {
    std::size_t documents = 0;
    std::size_t lines = 0;
};

class manifest_reader {
  public:
    explicit manifest_reader(std::size_t most_objects) : most_objects_(most_objects) {}

    manifest take() && { return std::move(out_); }

    void read(std::string_view text) {
        if (text.starts_with(byte_order_mark)) {
            text.remove_prefix(byte_order_mark.size());
        }
        if (!read_json(text)) {
            read_yaml(text, {});
        }
    }

  private:
    void fail(const manifest_place& place, std::optional<position> at, std::string message) {
        out_.is_empty = false;
        out_.errors.push_back({.place = place, .at = at, .message = std::move(message)});
    }

    /// False where the text is no JSON; nothing has been taken from it then.
    bool read_json(std::string_view text) {
        std::size_t at = next_value(text, 0);
        if (!is_bracket(text, at)) {
            return false;
        }
        const policy::line_index lines(text);
        for (std::size_t number = 0; at < text.size(); at = next_value(text, at)) {
            const position where = lines.at(at);
            if (!is_bracket(text, at)) {
                read_yaml(text.substr(at), {.documents = number, .lines = where.line - 1});
                return true;
            }
            if (is_full(number)) {
                return true;
            }
            const std::size_t end = end_of_value(text, at);
            simdjson::padded_string json(text.substr(at, end - at));
            element root;
            const simdjson::error_code failure = parser_.parse(json).get(root);
            if (failure != simdjson::SUCCESS && number == 0 && is_syntax_error(failure)) {
                return false;
            }
            const manifest_place place{.document = ++number, .item = {}};
            if (failure != simdjson::SUCCESS) {
                fail(place, where, simdjson::error_message(failure));
            } else {
                take(place, where, root, std::move(json));
            }
            at = end;
        }
        return true;
    }

    void read_yaml(std::string_view text, const read_before& before) {
        for (const policy::yaml_document& document : policy::parse_yaml(text)) {
            const std::size_t number = before.documents + document.number;
            if (is_full(number)) {
                return;
            }
            if (!document.empty) {
                read_yaml({.document = number, .item = {}}, document, before.lines);
            }
        }
    }

    void read_yaml(
        const manifest_place& place,
        const policy::yaml_document& document,
        std::size_t lines_before
    ) {
        const auto in_source = [&](position at) {
            at.line += lines_before;
            return at;
        };
        if (document.has_problem) {
            fail(place, in_source(document.problem.at), document.problem.message);
            return;
        }
        const policy::yaml_as_json converted = policy::json_of(document.root);
        if (converted.problem) {
            fail(place, in_source(converted.problem->at), converted.problem->message);
            return;
        }
        simdjson::padded_string json(converted.text);
        element root;
        const simdjson::error_code failure = parser_.parse(json).get(root);
        if (failure != simdjson::SUCCESS) {
            fail(place, in_source(document.at), simdjson::error_message(failure));
            return;
        }
        take(place, in_source(document.at), root, std::move(json));
    }

    /// True, with an error told once, where the source holds more than anybody writes.
    bool is_full(std::size_t document) {
        if (out_.objects.size() + out_.errors.size() < most_objects_) {
            return false;
        }
        if (!full_) {
            full_ = true;
            fail(
                {.document = document, .item = {}},
                std::nullopt,
                "the source has too many objects; the rest is not read"
            );
        }
        return true;
    }

    /// A whole document; `json` is what `root` was parsed from.
    void take(
        const manifest_place& place,
        const position& at,
        element root,
        simdjson::padded_string json
    ) {
        if (root.is_null()) {
            return;
        }
        out_.is_empty = false;
        if (!root.is_object()) {
            fail(place, at, "a Kubernetes object is a mapping");
            return;
        }
        type_meta type = read_type(root);
        if (!check(place, at, type)) {
            return;
        }
        if (is_list(type)) {
            take_items(place, at, type);
            return;
        }
        out_.objects.push_back({
            .place = place,
            .api_version = std::move(type.api_version),
            .kind = std::move(type.kind),
            .json = std::move(json),
        });
    }

    bool check(const manifest_place& place, std::optional<position> at, const type_meta& type) {
        if (type.has_error) {
            fail(place, at, fmt::format("{} {}", type.error.field, type.error.problem));
        } else if (type.kind.empty()) {
            fail(place, at, "kind is missing");
        } else if (type.api_version.empty()) {
            fail(place, at, "apiVersion is missing");
        } else {
            return true;
        }
        return false;
    }

    void take_items(const manifest_place& place, const position& at, const type_meta& list) {
        simdjson::dom::array items;
        if (!list.items || list.items->is_null()) {
            return;
        }
        if (list.items->get(items) != simdjson::SUCCESS) {
            fail(place, at, "items must be a list");
            return;
        }
        std::size_t number = 0;
        for (const element item : items) {
            if (is_full(place.document)) {
                return;
            }
            take_item({.document = place.document, .item = ++number}, item, list);
        }
    }

    /// The items of a PodList and the like need not repeat what their list's kind says.
    void take_item(const manifest_place& place, element item, const type_meta& list) {
        if (!item.is_object()) {
            fail(place, std::nullopt, "a Kubernetes object is a mapping");
            return;
        }
        type_meta type = read_type(item);
        if (type.kind.empty() && type.api_version.empty()) {
            constexpr std::string_view suffix = "List";
            type.kind = list.kind.substr(0, list.kind.size() - suffix.size());
            type.api_version = list.api_version;
        }
        if (!check(place, std::nullopt, type)) {
            return;
        }
        if (is_list(type)) {
            fail(place, std::nullopt, "a list inside a list is not read");
            return;
        }
        out_.objects.push_back({
            .place = place,
            .api_version = std::move(type.api_version),
            .kind = std::move(type.kind),
            .json = simdjson::padded_string(simdjson::minify(item)),
        });
    }

    manifest out_;
    simdjson::dom::parser parser_;
    std::size_t most_objects_;
    bool full_ = false;
};

} // namespace

manifest read_manifest(std::string_view text, std::size_t most_objects) {
    manifest_reader reader(most_objects);
    reader.read(text);
    return std::move(reader).take();
}

} // namespace gatehouse::server
