#include "policy/yaml/json.h"

#include "policy/text.h"
#include "policy/yaml/scalar.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gatehouse::policy {
namespace {

constexpr std::string_view core_prefix = "tag:yaml.org,2002:";
constexpr std::size_t longest_quote = 80;

template <class... Functions>
struct overloaded : Functions... {
    using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

/// "int" for `!!int`; empty for a tag of somebody's own, which kubectl takes for text.
std::string_view core_tag(const yaml_node& node) {
    const std::string_view tag = node.tag;
    return tag.starts_with(core_prefix) ? tag.substr(core_prefix.size()) : std::string_view{};
}

bool is_merge_key(const yaml_node& key) {
    return key.kind == yaml_kind::scalar && key.scalar == "<<"
           && (key.plain || core_tag(key) == "merge");
}

/// As strconv.FormatFloat(value, 'g', -1, 32), which sigs.k8s.io/yaml writes keys with.
std::string float_key(double value) {
    if (!std::isfinite(value)) {
        return std::isnan(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
    }
    std::array<char, 64> buffer;
    const auto written = std::to_chars(
        buffer.data(),
        buffer.data() + buffer.size(),
        static_cast<float>(value),
        std::chars_format::general
    );
    return {buffer.data(), written.ptr};
}

/// A mapping with its merge keys applied, in order of first appearance.
class flat_mapping {
  public:
    struct entry {
        std::string key;
        const yaml_node* value = nullptr;
        bool written = false; ///< in the mapping itself, not only in what it merges
    };

    /// False where the key was already written.
    bool write(std::string key, const yaml_node& value) {
        entry& at = find_or_add(std::move(key));
        if (at.written) {
            return false;
        }
        at.value = &value;
        at.written = true;
        return true;
    }

    void merge(const flat_mapping& other) {
        for (const entry& theirs : other.entries_) {
            find_or_add(theirs.key).value = theirs.value;
        }
    }

    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }

  private:
    entry& find_or_add(std::string key) {
        const auto [at, is_new] = index_.try_emplace(key, entries_.size());
        if (is_new) {
            entries_.push_back({.key = std::move(key), .value = nullptr, .written = false});
        }
        return entries_[at->second];
    }

    std::vector<entry> entries_;
    std::unordered_map<std::string, std::size_t> index_;
};

/// Writes one tree; after the first problem it writes nothing more. As deep as the tree, which
/// parse_yaml bounds.
class json_writer {
  public:
    yaml_as_json take() && { return {std::move(out_), std::move(problem_)}; }

    void write(const yaml_node& node) {
        switch (node.kind) {
        case yaml_kind::null:
            out_ += "null";
            return;
        case yaml_kind::scalar:
            write_scalar(node);
            return;
        case yaml_kind::sequence:
            write_sequence(node);
            return;
        case yaml_kind::mapping:
            write_mapping(node);
            return;
        }
    }

  private:
    void fail(const yaml_node& node, std::string message) {
        if (!problem_) {
            problem_ = yaml_problem{node.at, std::move(message)};
        }
    }

    yaml_value fail_tag(const yaml_node& node) {
        fail(
            node,
            fmt::format(
                "{} is not a valid !!{}", quoted(node.scalar, longest_quote), core_tag(node)
            )
        );
        return {};
    }

    yaml_value resolve(const yaml_node& node) {
        if (node.plain) {
            return resolve_plain_scalar(node.scalar);
        }
        const std::string_view tag = core_tag(node);
        if (tag == "binary") {
            fail(node, "!!binary is not supported; write the base64 text as a string");
            return {};
        }
        if (tag != "null" && tag != "bool" && tag != "int" && tag != "float") {
            return std::string_view(node.scalar);
        }
        const yaml_value value = resolve_plain_scalar(node.scalar);
        const bool is_integer = std::holds_alternative<std::int64_t>(value)
                                || std::holds_alternative<std::uint64_t>(value);
        const bool fits =
            (tag == "null" && std::holds_alternative<std::monostate>(value))
            || (tag == "bool" && std::holds_alternative<bool>(value))
            || (tag == "int" && is_integer)
            || (tag == "float" && (is_integer || std::holds_alternative<double>(value)));
        return fits ? value : fail_tag(node);
    }

    void write_text(std::string_view text) {
        out_ += '"';
        append_json_escaped(out_, text);
        out_ += '"';
    }

    void write_scalar(const yaml_node& node) {
        std::visit(
            overloaded{
                [&](std::monostate) { out_ += "null"; },
                [&](bool value) { out_ += value ? "true" : "false"; },
                [&](std::int64_t value) { out_ += fmt::to_string(value); },
                [&](std::uint64_t value) { out_ += fmt::to_string(value); },
                [&](double value) {
                    if (!std::isfinite(value)) {
                        fail(node, fmt::format("{} has no JSON form", node.scalar));
                        return;
                    }
                    out_ += json_number(value);
                },
                [&](std::string_view value) { write_text(value); },
            },
            resolve(node)
        );
    }

    void write_sequence(const yaml_node& node) {
        out_ += '[';
        bool first = true;
        for (const yaml_node& item : node.items) {
            if (problem_) {
                return;
            }
            out_ += first ? "" : ",";
            first = false;
            write(item);
        }
        out_ += ']';
    }

    void write_mapping(const yaml_node& node) {
        const flat_mapping flat = flatten(node);
        out_ += '{';
        bool first = true;
        for (const flat_mapping::entry& entry : flat.entries()) {
            if (problem_) {
                return;
            }
            out_ += first ? "" : ",";
            first = false;
            write_text(entry.key);
            out_ += ':';
            write(*entry.value);
        }
        out_ += '}';
    }

    std::string key_of(const yaml_node& key) {
        if (key.kind == yaml_kind::sequence || key.kind == yaml_kind::mapping) {
            fail(key, "a list or mapping cannot be a key");
            return {};
        }
        const auto refuse = [&](std::string_view what) {
            fail(key, fmt::format("{} cannot be a key", what));
            return std::string();
        };
        return std::visit(
            overloaded{
                [&](std::monostate) { return refuse("null"); },
                [&](bool value) { return std::string(value ? "true" : "false"); },
                [&](std::int64_t value) { return fmt::to_string(value); },
                [&](std::uint64_t) { return refuse("a number beyond 63 bits"); },
                [&](double value) { return float_key(value); },
                [&](std::string_view value) { return std::string(value); },
            },
            key.kind == yaml_kind::null ? yaml_value{} : resolve(key)
        );
    }

    flat_mapping flatten(const yaml_node& node) {
        flat_mapping flat;
        for (const auto& [key, value] : node.entries) {
            if (is_merge_key(key)) {
                merge(flat, value);
                continue;
            }
            std::string text = key_of(key);
            if (problem_) {
                return flat;
            }
            if (!flat.write(text, value)) {
                fail(key, fmt::format("the key {} stands twice", quoted(text, longest_quote)));
                return flat;
            }
        }
        return flat;
    }

    /// Of a list the earlier mappings take precedence, so they are merged last.
    void merge(flat_mapping& into, const yaml_node& value) {
        if (value.kind == yaml_kind::mapping) {
            into.merge(flatten(value));
            return;
        }
        if (value.kind != yaml_kind::sequence) {
            fail(value, "a merge key takes a mapping or a list of mappings");
            return;
        }
        for (auto item = value.items.rbegin(); item != value.items.rend(); ++item) {
            if (item->kind != yaml_kind::mapping) {
                fail(*item, "a merge key takes a mapping or a list of mappings");
                return;
            }
            into.merge(flatten(*item));
        }
    }

    std::string out_;
    std::optional<yaml_problem> problem_;
};

} // namespace

yaml_as_json json_of(const yaml_node& node) {
    json_writer writer;
    writer.write(node);
    return std::move(writer).take();
}

} // namespace gatehouse::policy
