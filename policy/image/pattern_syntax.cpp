#include "policy/image/pattern_syntax.h"

#include "policy/image/grammar.h"
#include "policy/image/pattern.h"
#include "policy/image/registry.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::size_t excerpt = 120;

error malformed(std::string_view what) {
    return {errc::malformed, fmt::format("the pattern {}", what)};
}

std::string shown(std::string_view text) { return quoted(text, excerpt); }

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
    std::string out(text);
    for (std::size_t at = out.find(what); at != std::string::npos; at = out.find(what, at)) {
        out.replace(at, what.size(), by);
    }
    return out;
}

std::string_view without_tag(std::string_view text) {
    const std::size_t slash = text.rfind('/');
    return text.substr(0, text.find(':', slash == std::string_view::npos ? 0 : slash));
}

/// Characters that no pattern has, wherever they stand. Brackets are looked at by check_brackets.
result<void> check_characters(std::string_view text) {
    const auto* const bad = std::ranges::find_if_not(text, is_printable);
    if (bad != text.end()) {
        const std::string_view rest = text.substr(static_cast<std::size_t>(bad - text.begin()));
        return malformed(
            rest.front() == ' '
                ? "has a space; no image has one: leave it away"
                : fmt::format("has a character that no image has, at {}", quoted(rest, 30))
        );
    }
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
        return malformed(fmt::format(
            "begins with a scheme; leave it away and write {}", shown(text.substr(scheme + 3))
        ));
    }
    if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
        return malformed(fmt::format(
            "names a digest; a pattern has none, and without a tag it matches every digest: write "
            "{}",
            shown(at == 0 ? any_segments : without_tag(text.substr(0, at)))
        ));
    }
    if (text.find('?') != std::string_view::npos) {
        return malformed("has a \"?\"; write \"*\", any run of characters inside one segment");
    }
    if (text.find_first_of("{}") != std::string_view::npos) {
        return malformed("has braces; write one pattern for each alternative");
    }
    return success();
}

result<void> check_brackets(std::string_view text) {
    const std::string_view first = text.substr(0, text.find('/'));
    const bool is_ipv6 =
        first.starts_with('[') && names_registry(first) && first.size() < text.size();
    const std::size_t from = is_ipv6 ? std::min(first.find(']'), first.size()) + 1 : 0;
    if (text.find_first_of("[]", from) != std::string_view::npos) {
        return malformed("has brackets, which are for an IPv6 host; write \"*\" or one pattern for "
                         "each alternative");
    }
    return success();
}

result<void> check_slashes(std::string_view text) {
    if (text.starts_with('/')) {
        const std::size_t begin = text.find_first_not_of('/');
        return malformed(
            begin == std::string_view::npos
                ? "is only slashes; write \"**\" for every image"
                : fmt::format("begins with a slash; write {}", shown(text.substr(begin)))
        );
    }
    if (text.ends_with('/')) {
        const std::string_view kept = text.substr(0, text.find_last_not_of('/') + 1);
        return malformed(fmt::format(
            "ends in a slash; write {} for all that is below", shown(std::string(kept) + "/**")
        ));
    }
    if (text.find("//") != std::string_view::npos) {
        return malformed(
            fmt::format("has an empty segment; write {}", shown(replaced(text, "//", "/")))
        );
    }
    return success();
}

/// A run of stars that is no whole segment `**`.
result<void> check_stars(std::string_view segment) {
    if (segment == any_segments || segment.find("**") == std::string_view::npos) {
        return success();
    }
    if (segment.find_first_not_of('*') == std::string_view::npos) {
        return malformed(fmt::format(
            "has {}; write \"**\" for any number of segments, \"*\" for one", shown(segment)
        ));
    }
    return malformed(fmt::format(
        "has \"**\" beside other characters in {}; \"**\" is a whole segment, inside one write {}",
        shown(segment),
        shown(replaced(segment, "**", "*"))
    ));
}

result<void> check_segment(
    std::string_view segment,
    std::string_view text,
    bool is_first_of_several
) {
    if (segment == any_segments || segment == namespace_segment) {
        return success();
    }
    if (segment.find('$') != std::string_view::npos) {
        return malformed(fmt::format(
            "has {}; \"$(namespace)\" is the only variable and is a whole segment of the path",
            shown(segment)
        ));
    }
    if (is_first_of_several && segment == "*") {
        return malformed(fmt::format(
            "begins with a lone \"*\"; for any registry write {}", shown("*" + std::string(text))
        ));
    }
    if (has_upper(segment)) {
        return malformed(fmt::format(
            "has upper case in the path, and no image has that; write {}", shown(lower(segment))
        ));
    }
    if (!can_match(image_part::segment, segment)) {
        return malformed(fmt::format(
            "can match nothing: no path segment is like {}; they are lower-case letters and "
            "digits, joined by "
            "a dot, one or two underscores, or dashes",
            shown(segment)
        ));
    }
    return success();
}

result<void> check_path(std::string_view path, std::string_view text, bool behind_registry) {
    const bool several = path.find('/') != std::string_view::npos;
    std::string_view rest = path;
    for (bool is_first = true;; is_first = false) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        GATEHOUSE_TRY(check_stars(rest.substr(0, end)));
        GATEHOUSE_TRY(
            check_segment(rest.substr(0, end), text, is_first && several && !behind_registry)
        );
        if (end == rest.size()) {
            return success();
        }
        rest.remove_prefix(end + 1);
    }
}

result<void> check_registry(std::string_view registry) {
    GATEHOUSE_TRY(check_stars(registry));
    if (registry.find('$') != std::string_view::npos) {
        return malformed(fmt::format(
            "has a variable in the host {}; \"$(namespace)\" is a whole segment of the path",
            shown(registry)
        ));
    }
    const auto parsed = parse_registry(registry, host_wildcards::allowed);
    if (!parsed) {
        return malformed(fmt::format("can match nothing: {}", parsed.error().detail()));
    }
    return success();
}

result<void> check_tag(std::string_view tag, std::string_view text) {
    if (tag.empty()) {
        return malformed(fmt::format(
            "ends in a colon; write {}, which matches every tag",
            shown(text.substr(0, text.size() - 1))
        ));
    }
    if (tag.find('/') != std::string_view::npos) {
        return malformed(fmt::format(
            "has a colon before its last segment; only {} could be a registry with a port, and a "
            "tag stands "
            "at the end",
            shown(text.substr(0, text.find('/')))
        ));
    }
    if (tag.find("**") != std::string_view::npos) {
        return malformed(
            fmt::format("has \"**\" in the tag; write {}", shown(":" + replaced(tag, "**", "*")))
        );
    }
    const auto characters =
        static_cast<std::size_t>(std::ranges::count_if(tag, [](char c) { return c != '*'; }));
    if (characters > longest_image_tag || !can_match(image_part::tag, tag)) {
        return malformed(fmt::format(
            "can match nothing: no tag is like {}; tags are at most 128 letters, digits, \"_\", "
            "\".\" and "
            "\"-\", beginning with none of the last two",
            shown(tag)
        ));
    }
    return success();
}

} // namespace

result<pattern_parts> split_pattern(std::string_view text) {
    if (text.empty()) {
        return malformed("is empty; write \"**\" for every image");
    }
    if (text.size() > longest_image_pattern) {
        return malformed(fmt::format(
            "has {} characters; at most {} are allowed", text.size(), longest_image_pattern
        ));
    }
    GATEHOUSE_TRY(check_characters(text));
    GATEHOUSE_TRY(check_brackets(text));
    GATEHOUSE_TRY(check_slashes(text));

    pattern_parts parts;
    std::string_view rest = text;
    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos && names_registry(rest.substr(0, slash))) {
        parts.registry = rest.substr(0, slash);
        GATEHOUSE_TRY(check_registry(parts.registry));
        rest.remove_prefix(slash + 1);
    }
    const std::size_t colon = rest.find(':');
    parts.path = rest.substr(0, colon);
    if (parts.path.empty()) {
        return malformed("has no path before its tag");
    }
    GATEHOUSE_TRY(check_path(parts.path, text, !parts.registry.empty()));
    if (colon != std::string_view::npos) {
        parts.tag = rest.substr(colon + 1);
        GATEHOUSE_TRY(check_tag(parts.tag, text));
    }
    return parts;
}

} // namespace gatehouse::policy
