#include "policy/yaml/tree.h"

#include "policy/yaml/build.h"
#include "policy/yaml/characters.h"
#include "policy/yaml/events.h"
#include "policy/yaml/line_index.h"
#include "policy/yaml/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

yaml_document refused(const line_index& lines, std::size_t offset, std::string message) {
    yaml_document out;
    out.at = lines.at(offset);
    out.has_problem = true;
    out.problem = {out.at, std::move(message)};
    return out;
}

/// yaml-cpp holds a flow collection's tokens in memory, 230 bytes each, until it knows whether the
/// whole is a key: text of nothing but brackets would take 230 times its size.
bool is_crowded(std::string_view text, std::size_t limit) {
    const auto begins_node = [](char c) { return c == '[' || c == '{' || c == ','; };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_node)) > limit;
}

yaml_document read_document(const yaml_chunk& chunk, const line_index& lines, yaml_limits& left) {
    if (!chunk.problem.empty()) {
        return refused(lines, chunk.problem_offset, chunk.problem);
    }
    if (is_crowded(chunk.text, left.nodes)) {
        return refused(lines, chunk.offset, "there are too many nodes");
    }
    const rewritten_text parsed = join_surrogate_escapes(chunk.text);
    const yaml_places places{lines, parsed, chunk.offset};
    const recorded_events recorded = record_events(parsed.text, left);
    if (!recorded.problem.empty()) {
        return refused(
            lines,
            chunk.offset + parsed.original(recorded.problem_offset),
            "not valid YAML: " + recorded.problem
        );
    }
    yaml_document out;
    out.at = lines.at(chunk.offset);
    if (recorded.events.empty()) {
        out.empty = true;
        out.root.at = out.at;
        return out;
    }
    built_tree built = build_tree(recorded.events, places, left);
    left = built.left;
    if (built.problem) {
        out.at = built.problem->at;
        out.has_problem = true;
        out.problem = *built.problem;
        return out;
    }
    out.root = std::move(built.root);
    out.empty = out.root.kind == yaml_kind::null;
    out.at = out.empty ? out.at : out.root.at;
    return out;
}

} // namespace

std::vector<yaml_document> parse_yaml(std::string_view text, const yaml_limits& limits) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    const line_index lines(text);
    if (text.size() > limits.text) {
        return {refused(lines, 0, fmt::format("the text is longer than {} bytes", limits.text))};
    }
    yaml_limits left = limits;
    std::vector<yaml_document> out;
    const auto add = [&](yaml_document document, std::string_view of) {
        document.number = out.size() + 1;
        document.text = of;
        out.push_back(std::move(document));
    };
    std::size_t checked = 0; // comments between documents hide nothing either
    for (const yaml_chunk& chunk : split_documents(text, limits.documents)) {
        const std::size_t end = chunk.offset + chunk.text.size();
        const auto bad = find_bad_character(text.substr(checked, end - checked));
        add(bad ? refused(lines, checked + bad->offset, bad->message)
                : read_document(chunk, lines, left),
            chunk.text);
        checked = end;
    }
    if (const auto bad = find_bad_character(text.substr(checked))) {
        add(refused(lines, checked + bad->offset, bad->message), text.substr(checked));
    }
    return out;
}

} // namespace gatehouse::policy
