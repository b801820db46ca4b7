#include "policy/document/forms.h"

#include "policy/checks/level.h"
#include "policy/document/excerpt.h"
#include "policy/document/network_forms.h"
#include "policy/image/pattern.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace gatehouse::policy {
namespace {

constexpr std::string_view lower_alphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool contains(std::string_view characters, char c) {
    return characters.find(c) != std::string_view::npos;
}

/// RFC 1123 as Kubernetes reads it: labels of letters, digits and inner dashes, joined by dots.
bool is_dns_subdomain(std::string_view text) {
    for (;;) {
        const std::size_t end = std::min(text.find('.'), text.size());
        const std::string_view label = text.substr(0, end);
        const bool well_formed = !label.empty() && label.front() != '-' && label.back() != '-'
                                 && std::ranges::all_of(label, [](char c) {
                                        return contains(lower_alphanumeric, c) || c == '-';
                                    });
        if (!well_formed || end == text.size()) {
            return well_formed;
        }
        text.remove_prefix(end + 1);
    }
}

bool is_item_name(std::string_view text) {
    const auto is_alphanumeric = [](char c) {
        return contains(lower_alphanumeric, c) || contains(upper, c);
    };
    return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back())
           && std::ranges::all_of(text, [&](char c) {
                  return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
              });
}

bool has_shape_of_day(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00";
    return std::ranges::equal(text, shape, [](char c, char wanted) {
        return wanted == '-' ? c == '-' : c >= '0' && c <= '9';
    });
}

int number(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::string last_day_problem(std::string_view text) {
    if (text == "never" || day_named(text)) {
        return {};
    }
    if (has_shape_of_day(text)) {
        return fmt::format("there is no day {}", printable(text));
    }
    return fmt::format("must be a day such as 2027-01-31, or never; not {}", quoted(text));
}

std::string absolute_path_problem(std::string_view text) {
    const bool has_control = std::ranges::any_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    return text.starts_with('/') && !has_control
               ? std::string()
               : fmt::format("must be an absolute path of one line, not {}", excerpt_of(text));
}

template <class Value>
std::string problem_of(const result<Value>& parsed) {
    return parsed ? std::string() : parsed.error().detail();
}

std::string image_pattern_problem(std::string_view text) {
    return problem_of(image_pattern::parse(text));
}

} // namespace

std::optional<std::chrono::sys_days> day_named(std::string_view text) {
    if (!has_shape_of_day(text)) {
        return std::nullopt;
    }
    const std::chrono::year_month_day day(
        std::chrono::year(number(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2))))
    );
    return day.ok() ? std::optional<std::chrono::sys_days>(day) : std::nullopt;
}

namespace {

std::string problem_in(text_form form, std::string_view text) {
    switch (form) {
    case text_form::any:
        return {};
    case text_form::policy_name:
        return is_dns_subdomain(text) ? std::string()
                                      : fmt::format(
                                          "{} is not a DNS subdomain: lower-case letters, digits, "
                                          "\"-\" and \".\", with "
                                          "a letter or digit at both ends and beside every dot",
                                          quoted(text)
                                      );
    case text_form::item_name:
        return is_item_name(text) ? std::string()
                                  : fmt::format(
                                      "{} is not a name: letters, digits, \"-\", \"_\" and "
                                      "\".\", with a letter or "
                                      "digit at both ends",
                                      quoted(text)
                                  );
    case text_form::reason:
        return text.find_first_not_of(" \t\r\n") == std::string_view::npos ? "must say something"
                                                                           : std::string();
    case text_form::last_day:
        return last_day_problem(text);
    case text_form::pod_security_version:
        return version_named(text)
                   ? std::string()
                   : fmt::format("must be latest or a version such as v1.31; not {}", quoted(text));
    case text_form::image_pattern:
        return image_pattern_problem(text);
    case text_form::namespace_glob:
    case text_form::excluded_namespace_glob:
    case text_form::account_glob:
    case text_form::excluded_user_glob:
    case text_form::excluded_group_glob:
    case text_form::tag_glob:
        return glob_problem(form, text);
    case text_form::absolute_path:
        return absolute_path_problem(text);
    case text_form::repository_name:
        return problem_of(repository_name(text));
    case text_form::registry_host:
        return problem_of(registry_host(text));
    case text_form::mirror_url:
        return problem_of(mirror_url(text));
    case text_form::proxy_url:
        return problem_of(proxy_url(text));
    case text_form::no_proxy_entry:
        return problem_of(no_proxy_entry(text));
    }
    return "this form of text is unknown";
}

} // namespace

std::string form_problem(text_form form, std::string_view text) {
    std::string problem = problem_in(form, text);
    if (problem.empty()) {
        return problem;
    }
    // The text stands in most problems, some parsers' of images among them.
    const std::string secret = secret_word(text);
    if (secret.empty() || problem.find(secret) != std::string::npos
        || problem.find(credentials_problem) != std::string::npos) {
        return problem;
    }
    return fmt::format("must not be {}", secret);
}

std::string_view form_expression(text_form form) {
    switch (form) {
    case text_form::policy_name:
        return "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
    case text_form::item_name:
        return "^[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?$";
    case text_form::reason:
        return "\\S";
    case text_form::last_day:
        return "^(never|[0-9]{4}-[0-9]{2}-[0-9]{2})$";
    case text_form::pod_security_version:
        return "^(latest|v1\\.(0|[1-9][0-9]{0,8}))$";
    case text_form::namespace_glob:
        return "^[-a-z0-9*?]+$";
    case text_form::excluded_namespace_glob:
        return "^[-a-z0-9*?]*[-a-z0-9][-a-z0-9*?]*$";
    case text_form::account_glob:
        return "^[-.a-z0-9*?]*[/*?][-.a-z0-9*?]*$";
    case text_form::excluded_user_glob:
    case text_form::excluded_group_glob:
        return "[^*?]";
    case text_form::tag_glob:
        return "^[A-Za-z0-9_*?][A-Za-z0-9_.*?-]*$";
    case text_form::absolute_path:
        return "^/";
    case text_form::registry_host:
        return "^[^/]+$";
    case text_form::mirror_url:
        return "^https?://[^@?#]+$";
    case text_form::proxy_url:
        return "^http://[^@?#]+$";
    case text_form::repository_name:
        return "^[^@]+$";
    case text_form::any:
    case text_form::image_pattern:
    case text_form::no_proxy_entry:
        return {};
    }
    return {};
}

} // namespace gatehouse::policy
