#include "policy/verdict.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {
namespace {

constexpr std::size_t longest_message =
    880; // survives inside a FailedCreate event, which is cut at 1 KiB
constexpr std::size_t longest_line = 600; // so that a denial shows at least one whole line
constexpr std::size_t longest_suffix = 200;
constexpr std::size_t longest_warning = 256; // what the API server cuts warnings to
constexpr std::size_t most_warnings = 10;
constexpr std::size_t longest_name = 100;

/// `text` cut so that `suffix` still fits within `limit`.
std::string fitted(std::string_view text, std::string_view suffix, std::size_t limit) {
    if (text.size() + suffix.size() <= limit) {
        return std::string(text).append(suffix);
    }
    constexpr std::string_view ellipsis = "...";
    const std::size_t room = limit - std::min(limit, suffix.size() + ellipsis.size());
    return std::string(cut(text, room)).append(ellipsis).append(suffix);
}

std::string line_of(const violation& v, std::size_t limit) {
    return fitted(v.message, policies_suffix(v), limit);
}

} // namespace

std::string_view name_of(cause_reason reason) noexcept {
    switch (reason) {
    case cause_reason::forbidden:
        return "FieldValueForbidden";
    case cause_reason::required:
        return "FieldValueRequired";
    case cause_reason::invalid:
        return "FieldValueInvalid";
    }
    return "FieldValueInvalid";
}

std::string_view name_of(action what) noexcept {
    switch (what) {
    case action::deny:
        return "Deny";
    case action::warn:
        return "Warn";
    case action::audit:
        return "Audit";
    }
    return "Deny";
}

std::string_view name_of(decision what) noexcept {
    switch (what) {
    case decision::allow:
        return "allow";
    case decision::deny:
        return "deny";
    case decision::unmatched:
        return "unmatched";
    }
    return "deny";
}

std::string subject_text(
    std::string_view kind,
    std::string_view namespace_name,
    std::string_view name
) {
    std::string out = printable(kind, longest_name);
    out += ' ';
    if (!namespace_name.empty()) {
        out.append(plain_or_quoted(namespace_name, longest_name)).append("/");
    }
    return out.append(plain_or_quoted(name, longest_name));
}

std::string policies_suffix(const violation& v) {
    std::string out = " [";
    bool first = true;
    for (const std::string_view policy : v.policies) {
        const std::string item = fmt::format("{}{}/{}", first ? "" : ", ", policy, id_of(v.rule));
        if (!first && out.size() + item.size() > longest_suffix) {
            break; // the audit annotation names them all
        }
        out += item;
        first = false;
    }
    return out + ']';
}

std::string denial_message(const verdict& v, std::string_view subject) {
    std::vector<const violation*> denying;
    for (const violation& one : v.violations) {
        if (one.action == action::deny) {
            denying.push_back(&one);
        }
    }
    if (denying.size() == 1) {
        const violation& only = *denying.front();
        return fitted(
            fmt::format("{}: {}", subject, only.message), policies_suffix(only), longest_message
        );
    }
    std::string out = fmt::format("{} breaks {}:", subject, counted(denying.size(), "rule"));
    for (std::size_t i = 0; i < denying.size(); ++i) {
        const std::string line = "\n- " + line_of(*denying[i], longest_line);
        const std::size_t behind = denying.size() - i - 1;
        const std::string rest = behind == 0 ? "" : fmt::format("\n(and {} more)", behind);
        if (out.size() + line.size() + rest.size() > longest_message) {
            out += fmt::format("\n(and {} more)", behind + 1);
            break;
        }
        out += line;
    }
    return out;
}

std::vector<std::string> warnings_of(const verdict& v, std::string_view subject) {
    std::vector<std::string> out;
    const auto add = [&](std::string line) {
        if (out.size() < most_warnings && std::ranges::find(out, line) == out.end()) {
            out.push_back(std::move(line));
        }
    };
    for (const violation& one : v.violations) {
        if (one.action == action::warn) {
            add(fitted(
                fmt::format("{}: {}", subject, one.message), policies_suffix(one), longest_warning
            ));
        }
    }
    for (const std::string& line : v.further_warnings) {
        add(fitted(line, "", longest_warning));
    }
    return out;
}

} // namespace gatehouse::policy
