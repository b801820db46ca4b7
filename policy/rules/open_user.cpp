#include "policy/rules/open_user.h"

#include "policy/pod/effective.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace gatehouse::policy {
namespace {

constexpr std::size_t longest_user_shown = 64;
constexpr std::size_t longest_platform = 48;
constexpr std::size_t most_platforms_named = 3;
constexpr std::size_t most_objections = 4; ///< of one rule to one container

bool is_judged(const std::optional<id_strategy>& strategy) {
    return strategy && strategy->rule != id_rule::run_as_any;
}

bool is_open_user(const run_as_section& run_as, const pod& subject, const container& c) {
    if (!is_judged(run_as.run_as_user)
        || (run_as.relax_user_namespaces && subject.host_users == false)) {
        return false;
    }
    // What runAsNonRoot says is enough for MustRunAsNonRoot, one way or the other.
    return run_as.run_as_user->rule != id_rule::must_run_as_non_root
           || !effective(c.security.run_as_non_root, subject.security.run_as_non_root).value;
}

std::string platform_text(const platform_image& one) {
    std::string text = one.os + "/" + one.architecture;
    if (!one.variant.empty()) {
        text += "/" + one.variant;
    }
    return plain_or_quoted(text, longest_platform);
}

bool is_for(const pod& subject, const user_want& want, const platform_image& platform) {
    if (!subject.is_windows()) {
        return policy::is_judged(want, platform);
    }
    return platform.os == "windows"
           && (want.architecture.empty() || want.architecture == platform.architecture);
}

/// Why nothing at all is known.
struct ignorance {
    std::string text;
    const fetch_failure* failure = nullptr;
};

identity unknown_identity(const ignorance& why) {
    const identity_id unknown{.id = {}, .text = why.text, .failure = why.failure};
    return {
        .user = unknown,
        .group = unknown,
        .groups = {},
        .groups_problem = why.text,
        .groups_failure = why.failure,
        .refusal = {}};
}

ignorance because_of(const fetch_failure& failure) { return {words_of(failure), &failure}; }

/// The facts about the users of an image, or why there are none.
std::variant<const image_user_facts*, ignorance> facts_of(
    const result<reference>& image,
    const evidence& known
) {
    if (!image) {
        return ignorance{"the image's name is not valid: " + image.error().detail()};
    }
    const image_evidence* had = known.of(image.value().text());
    if (had != nullptr) {
        if (const auto* failure = std::get_if<fetch_failure>(&had->resolved)) {
            return because_of(*failure);
        }
        const std::string_view named = image.value().digest();
        const bool is_of_another =
            !named.empty() && named != std::get<digest>(had->resolved).text();
        if (had->users && !is_of_another) {
            if (const auto* failure = std::get_if<fetch_failure>(&*had->users)) {
                return because_of(*failure);
            }
            return &std::get<image_user_facts>(*had->users);
        }
    }
    return ignorance{"it was not looked up; try again"};
}

std::string no_platform(const pod& subject, const user_want& want, const platform_images& images) {
    std::vector<std::string> names;
    for (const platform_image& one : images) {
        names.push_back(platform_text(one));
    }
    return fmt::format(
        "the image is not made for {}{}{}",
        subject.is_windows() ? "windows" : "linux",
        want.architecture.empty() ? "" : "/" + printable(want.architecture, longest_platform),
        names.empty() ? "" : ", but for " + joined(names, most_platforms_named)
    );
}

/// How little follows from an objection: an outage may become a warning, so it never hides another.
int rank_of(const objection& one) {
    if (one.failure == nullptr) {
        return 0;
    }
    return is_outage(one.failure->cause) ? 2 : 1;
}

/// The objections of one rule, told once for all platforms that share one.
class platform_objections {
  public:
    void add(const std::string& platform, std::optional<objection> one) {
        ++platforms_;
        if (!one) {
            return;
        }
        const auto same = std::ranges::find_if(told_, [&](const told& other) {
            return other.one.what == one->what && other.one.remedy == one->remedy
                   && rank_of(other.one) == rank_of(*one);
        });
        if (same == told_.end()) {
            told_.push_back({std::move(*one), {platform}, 1});
            return;
        }
        ++same->number;
        if (same->platforms.back() != platform) {
            same->platforms.push_back(platform);
        }
    }

    /// visit(text of the finding, failure) for each, those first that nothing can soften.
    template <class Visit>
    void for_each(Visit&& visit) {
        std::ranges::stable_sort(told_, {}, [](const told& one) { return rank_of(one.one); });
        for (std::size_t i = 0; i < std::min(told_.size(), most_objections); ++i) {
            const told& one = told_[i];
            const std::string where =
                one.number == platforms_ ? ""
                                         : " (" + joined(one.platforms, most_platforms_named) + ")";
            visit(one.one.what + where + "; " + one.one.remedy, one.one.failure);
        }
    }

  private:
    struct told {
        objection one;
        std::vector<std::string> platforms; ///< by name; several may share one
        std::size_t number = 0;             ///< of platforms
    };

    std::size_t platforms_ = 0;
    std::vector<told> told_;
};

std::optional<objection> judge(rule_id rule, const open_case& open) {
    if (rule == rule_id::run_as_user) {
        return judge_open_user(open);
    }
    if (rule == rule_id::run_as_group) {
        return judge_open_group(open);
    }
    return rule == rule_id::supplemental_groups ? judge_open_groups(open) : judge_image_user(open);
}

std::string field_of(rule_id rule, const pod& subject, const element& where) {
    if (rule == rule_id::supplemental_groups) {
        return "spec.securityContext.supplementalGroupsPolicy";
    }
    const std::string_view name = rule == rule_id::run_as_group ? "runAsGroup"
                                  : subject.is_windows()        ? "windowsOptions.runAsUserName"
                                                                : "runAsUser";
    return fmt::format("spec.{}.securityContext.{}", path_of(where), name);
}

} // namespace

open_rules open_rules_of(const run_as_section& run_as, const pod& subject, const container& c) {
    open_rules out;
    if (!run_as.resolve_image_user) {
        return out;
    }
    const auto& own = c.security;
    const auto& of_pod = subject.security;
    out.image_user = effective(own.run_as_non_root, of_pod.run_as_non_root).value == true;
    if (subject.is_windows()) {
        out.image_user = out.image_user && !effective_run_as_user_name(subject, c).value;
        return out;
    }
    if (effective(own.run_as_user, of_pod.run_as_user).value) {
        return {};
    }
    out.run_as_user = is_open_user(run_as, subject, c);
    out.run_as_group =
        is_judged(run_as.run_as_group) && !effective(own.run_as_group, of_pod.run_as_group).value;
    out.supplemental_groups =
        is_judged(run_as.supplemental_groups) && of_pod.supplemental_groups_policy != "Strict";
    return out;
}

std::vector<rule_id> ids_of(const open_rules& rules) {
    std::vector<rule_id> out;
    if (rules.run_as_user) {
        out.push_back(rule_id::run_as_user);
    }
    if (rules.run_as_group) {
        out.push_back(rule_id::run_as_group);
    }
    if (rules.supplemental_groups) {
        out.push_back(rule_id::supplemental_groups);
    }
    if (rules.image_user) {
        out.push_back(rule_id::image_user);
    }
    return out;
}

user_want want_of(const open_rules& rules, const pod& subject) {
    user_want out;
    out.config = rules.any();
    out.user_id = rules.run_as_user;
    out.group_id = rules.run_as_group;
    out.groups = rules.supplemental_groups;
    out.architecture = std::string(subject.architecture);
    return out;
}

std::vector<open_finding> judge_open_rules(
    const run_as_section& run_as,
    const open_rules& rules,
    const rule_subject& subject,
    const judged_container& judged,
    const result<reference>& image,
    const evidence& known
) {
    const pod& of = *subject.value;
    const container& c = *judged.value;
    const user_want want = want_of(rules, of);
    std::vector<std::pair<std::string, open_case>> cases;
    std::variant<const image_user_facts*, ignorance> facts = facts_of(image, known);
    if (const auto* had = std::get_if<const image_user_facts*>(&facts)) {
        for (std::size_t i = 0; i < (*had)->platforms.size(); ++i) {
            const platform_image& platform = (*had)->platforms[i];
            if (!is_for(of, want, platform)) {
                continue;
            }
            static const known_accounts none;
            const known_accounts& accounts_of =
                i < (*had)->accounts_of.size() ? (*had)->accounts_of[i] : none;
            cases.emplace_back(
                platform_text(platform),
                open_case{
                    run_as,
                    of,
                    c,
                    platform.user,
                    read_image_user(platform.user),
                    identity_of(of, c, platform.user, accounts_of)}
            );
        }
        if (cases.empty()) {
            facts = ignorance{no_platform(of, want, (*had)->platforms)};
        }
    }
    if (const auto* why = std::get_if<ignorance>(&facts)) {
        cases.emplace_back("", open_case{run_as, of, c, {}, std::nullopt, unknown_identity(*why)});
    }
    std::vector<open_finding> out;
    for (const rule_id rule : ids_of(rules)) {
        platform_objections found;
        for (const auto& [platform, open] : cases) {
            found.add(platform, judge(rule, open));
        }
        found.for_each([&](std::string text, const fetch_failure* failure) {
            out.push_back(
                {{.rule = rule,
                  .reason = cause_reason::required,
                  .where = judged.where,
                  .field = field_of(rule, of, judged.where),
                  .text = std::move(text)},
                 failure}
            );
        });
    }
    return out;
}

std::string user_clause(const open_case& open) {
    return open.user_text.empty()
               ? "the image sets no USER"
               : "the image's USER is " + quoted(open.user_text, longest_user_shown);
}

std::string user_word(const open_case& open) {
    return open.user->kind == image_user_kind::none
               ? "root"
               : plain_or_quoted(open.user->name, longest_user_shown);
}

} // namespace gatehouse::policy
