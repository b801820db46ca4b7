#include "policy/migrate/from_gatekeeper.h"

#include "policy/document/forms.h"
#include "policy/migrate/constraint_match.h"
#include "policy/migrate/image_texts.h"
#include "policy/migrate/notes.h"

#include <algorithm>
#include <array>
#include <span>

namespace gatehouse::policy {
namespace {

/// What a policy takes in one list.
constexpr std::size_t most_patterns = 256;
constexpr std::int64_t highest_id = 2147483647;

constexpr std::array<std::string_view, 5> known_kinds = {
    "K8sPSPAllowedUsers",
    "K8sAllowedRepos",
    "K8sAllowedReposv2",
    "K8sDisallowedTags",
    "K8sImageDigests",
};

bool ends_in_star(std::string_view text) { return text.ends_with('*'); }

/// As allowedImages and exemptImages are read: a `*` at the end makes a prefix of a text.
image_texts images_of_glob(std::string_view text) {
    return ends_in_star(text) ? images_beginning_with(text.substr(0, text.size() - 1))
                              : images_that_are(text);
}

/// Makes one policy; lives for one call.
class constraint_migration {
  public:
    explicit constraint_migration(const gatekeeper_constraint& from) : from_(from) {}

    migrated_constraint run() && {
        migrated_constraint out;
        const bool judges = migrate_head();
        if (judges) {
            migrate_parameters();
        }
        warn_of_unread(from_, notes_);
        if (judges && !notes_.failed()) {
            out.policy = std::move(policy_);
        }
        out.notes = notes_.take();
        return out;
    }

  private:
    bool migrate_head() {
        policy_.name = from_.name;
        const std::string problem = form_problem(text_form::policy_name, from_.name);
        if (!problem.empty()) {
            notes_.fail("metadata.name", problem);
        }
        policy_.validation_actions = actions_of(from_, notes_);
        policy_.workloads = template_mode::ignore;
        std::optional<match_rules> match = match_of(from_, notes_);
        if (!match) {
            return false;
        }
        check_size("spec.match.namespaces", match->namespaces.size());
        check_size("spec.match.excludedNamespaces", match->exclude_namespaces.size());
        policy_.match = std::move(*match);
        return true;
    }

    void migrate_parameters() {
        if (from_.kind == "K8sPSPAllowedUsers") {
            migrate_users();
        } else if (from_.kind == "K8sAllowedRepos") {
            migrate_allowed("spec.parameters.repos", from_.repos, images_beginning_with);
        } else if (from_.kind == "K8sAllowedReposv2") {
            migrate_allowed("spec.parameters.allowedImages", from_.allowed_images, images_of_glob);
        } else if (from_.kind == "K8sDisallowedTags") {
            migrate_tags();
            exempt({rule_id::image_tag});
        } else {
            policy_.images.emplace().require_digest = true;
            exempt({rule_id::image_digest});
        }
    }

    void check_size(std::string_view field, std::size_t size) {
        if (size > most_patterns) {
            notes_.fail(
                std::string(field),
                fmt::format("needs {} entries; a policy has at most {}", size, most_patterns)
            );
        }
    }

    /// The patterns of all texts, each once; notes tell what is different.
    image_patterns patterns_of(
        std::string_view field,
        std::span<const std::string> texts,
        image_texts (*convert)(std::string_view)
    ) {
        std::vector<image_pattern> out;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const image_texts made = convert(texts[i]);
            if (!made.note.empty()) {
                notes_.warn_of(field, i, texts[i], made.note);
            }
            for (const std::string& one : made.patterns) {
                if (std::ranges::find(out, one, &image_pattern::text) == out.end()) {
                    out.push_back(image_pattern::parse(one).value());
                }
            }
        }
        check_size(field, out.size());
        return image_patterns(std::move(out));
    }

    void migrate_allowed(
        std::string_view field,
        std::span<const std::string> texts,
        image_texts (*convert)(std::string_view)
    ) {
        image_patterns allowed = patterns_of(field, texts, convert);
        if (allowed.empty()) {
            notes_.fail(
                std::string(field),
                "leaves no image that is allowed; images: {deny: [\"**\"]} says that"
            );
        }
        policy_.images.emplace().allow = std::move(allowed);
    }

    void migrate_tags() {
        constexpr std::string_view field = "spec.parameters.tags";
        std::vector<std::string>& denied = policy_.images.emplace().deny_tags;
        for (std::size_t i = 0; i < from_.tags.size(); ++i) {
            const std::string& tag = from_.tags[i];
            const bool can_be_one = !tag.empty() && tag.find_first_of("*?") == std::string::npos
                                    && form_problem(text_form::tag_glob, tag).empty();
            if (!can_be_one) {
                notes_.warn_of(field, i, tag, "is no tag; it is left out");
            } else if (std::ranges::find(denied, tag) == denied.end()) {
                denied.push_back(tag);
            }
        }
        if (std::ranges::find(denied, "latest") == denied.end()) {
            denied.emplace_back("latest");
            notes_.warn(
                std::string(field),
                "an image without a tag was refused and the tag latest was not; the policy takes "
                "both for the same and refuses them"
            );
        }
        check_size(field, denied.size());
    }

    void migrate_users() {
        run_as_section& section = policy_.run_as.emplace();
        section.run_as_user = strategy("runAsUser", from_.run_as_user);
        section.run_as_group = strategy("runAsGroup", from_.run_as_group);
        section.fs_group = strategy("fsGroup", from_.fs_group);
        section.supplemental_groups = strategy("supplementalGroups", from_.supplemental_groups);
        const bool of_pod = section.fs_group || section.supplemental_groups;
        if (!of_pod && !section.run_as_user && !section.run_as_group) {
            notes_.fail("spec.parameters", "asks for nothing");
        }
        if (section.run_as_user && section.run_as_user->rule == id_rule::must_run_as_non_root) {
            notes_.warn(
                "spec.parameters.runAsUser.rule",
                "a runAsUser other than 0 was enough, even with runAsNonRoot: false, which the "
                "policy refuses"
            );
        }
        if (section.supplemental_groups
            && section.supplemental_groups->rule == id_rule::must_run_as) {
            notes_.warn(
                "spec.parameters.supplementalGroups.rule",
                "an empty list was enough; the policy asks for at least one group"
            );
        }
        std::vector<rule_id> lifted;
        if (section.run_as_user) {
            lifted.push_back(rule_id::run_as_user);
        }
        if (section.run_as_group) {
            lifted.push_back(rule_id::run_as_group);
        }
        if (of_pod && !from_.exempt_images.empty()) {
            notes_.warn(
                "spec.parameters.exemptImages",
                "does not exempt from fsGroup and supplementalGroups, which are the pod's"
            );
        }
        exempt(lifted);
    }

    std::optional<id_strategy> strategy(
        std::string_view name,
        const std::optional<constraint_ids>& ids
    ) {
        if (!ids) {
            return std::nullopt;
        }
        const std::string field = fmt::format("spec.parameters.{}", name);
        id_strategy out;
        if (ids->rule == "RunAsAny") {
            return out;
        }
        if (ids->rule == "MustRunAsNonRoot" && name == "runAsUser") {
            out.rule = id_rule::must_run_as_non_root;
            return out;
        }
        if (ids->rule != "MustRunAs" && ids->rule != "MayRunAs") {
            notes_.fail(
                field + ".rule", fmt::format("{} is no rule for it", policy::quoted(ids->rule))
            );
            return out;
        }
        out.rule = ids->rule == "MustRunAs" ? id_rule::must_run_as : id_rule::may_run_as;
        out.ranges = ranges(field + ".ranges", ids->ranges);
        return out;
    }

    std::vector<id_range> ranges(const std::string& field, std::span<const id_range> written) {
        std::vector<id_range> out;
        for (std::size_t i = 0; i < written.size(); ++i) {
            const id_range kept = {
                std::max<std::int64_t>(written[i].min, 0), std::min(written[i].max, highest_id)};
            if (kept.min > kept.max) {
                notes_.warn(fmt::format("{}[{}]", field, i), "holds no id; it is left out");
            } else if (std::ranges::find(out, kept) == out.end()) {
                out.push_back(kept);
            }
        }
        constexpr std::size_t most_ranges = 64;
        if (out.empty() || out.size() > most_ranges) {
            notes_.fail(
                field,
                fmt::format("has {} that can be used; 1 to {} are needed", out.size(), most_ranges)
            );
        }
        return out;
    }

    void exempt(std::vector<rule_id> rules) {
        image_patterns images =
            patterns_of("spec.parameters.exemptImages", from_.exempt_images, images_of_glob);
        if (images.empty() || rules.empty()) {
            return;
        }
        policy_.exemptions.push_back({
            .name = "exempt-images",
            .images = std::move(images),
            .namespaces = {},
            .rules = std::move(rules),
            .until = std::nullopt,
            .reason = fmt::format("exemptImages of {} {}", from_.kind, from_.name),
        });
    }

    const gatekeeper_constraint& from_;
    policy_document policy_;
    migration_notes notes_;
};

} // namespace

bool is_known_constraint(std::string_view kind) noexcept {
    return std::ranges::find(known_kinds, kind) != known_kinds.end();
}

migrated_constraint policy_from_constraint(const gatekeeper_constraint& from) {
    return constraint_migration(from).run();
}

} // namespace gatehouse::policy
