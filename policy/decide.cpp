#include "policy/decide.h"

#include "policy/checks/registry.h"
#include "policy/combine.h"
#include "policy/exempt.h"
#include "policy/rules/rules.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace gatehouse::policy {
namespace {

/// What a policy's action becomes for this object (interface 2.5): an old template must be able to
/// roll back, and a template's author gets a warning rather than a wall unless the policy says
/// otherwise.
actions actions_for(
    const policy_document& policy,
    const std::optional<actions>& own,
    const request& subject,
    template_judgement templates
) {
    actions out = own.value_or(policy.validation_actions);
    if (templates == template_judgement::as_pods || subject.scope == scope::pod) {
        return out;
    }
    const bool owned = subject.has_controller
                       && (subject.object_kind == "ReplicaSet" || subject.object_kind == "Job");
    if (out.deny && (policy.workloads == template_mode::warn || owned)) {
        out.deny = false;
        out.warn = true;
    }
    return out;
}

/// Policies often share a level and version (enforce, warn and audit side by side): each is evaluated once.
class pod_security_memo {
  public:
    /// Valid until the next call.
    const findings& evaluate(const pod_security_section& section, const pod& subject) {
        for (const auto& [known, found] : known_) {
            if (known->level == section.level && known->version == section.version
                && known->exempt_checks == section.exempt_checks) {
                return found;
            }
        }
        return known_
            .emplace_back(
                &section,
                policy::evaluate(section.level, section.version, subject, section.exempt_checks)
            )
            .second;
    }

  private:
    std::vector<std::pair<const pod_security_section*, findings>> known_;
};

/// Judges one request by all its policies; lives for one call of decide().
class judgement {
  public:
    judgement(
        const request& subject,
        judged_parts parts,
        std::chrono::sys_days today,
        template_judgement templates
    )
        : request_(subject),
          today_(today),
          templates_(templates),
          subject_(make_rule_subject(
              *subject.object,
              subject.old_object,
              subject.about.namespace_name,
              parts
          )),
          combination_(subject.path) {}

    void judge(const policy_document& policy) {
        if (policy.images) {
            findings found;
            judge_image_reference(subject_, found);
            judge_image_registry(*policy.images, subject_, found);
            judge_image_tag(*policy.images, subject_, found);
            judge_image_digest(*policy.images, subject_, found);
            take(policy, policy.images->validation_actions, found);
        }
        if (policy.run_as) {
            findings found;
            judge_run_as_user(*policy.run_as, subject_, found);
            judge_run_as_group(*policy.run_as, subject_, found);
            judge_fs_group(*policy.run_as, subject_, found);
            judge_supplemental_groups(*policy.run_as, subject_, found);
            judge_supplemental_groups_policy(*policy.run_as, subject_, found);
            take(policy, policy.run_as->validation_actions, found);
        }
        if (policy.pod_security) {
            const pod_security_section& section = *policy.pod_security;
            // The whole pod, changed or not: so does Pod Security Admission.
            take(
                policy,
                section.validation_actions,
                pod_security_.evaluate(section, *request_.object)
            );
        }
    }

    /// Moves what was found into the verdict and decides.
    void finish(verdict& out) {
        out.violations = combination_.take();
        out.exemptions = std::move(exemptions_);
        out.expiry_warnings = std::move(expiry_warnings_);
        const bool denied = std::ranges::any_of(out.violations, [](const violation& v) {
            return v.action == action::deny;
        });
        out.decision = denied ? decision::deny : decision::allow;
    }

  private:
    /// Lifts what an exemption lifts and files the rest under the section's actions.
    void take(
        const policy_document& policy,
        const std::optional<actions>& own,
        const findings& found
    ) {
        const actions effects = actions_for(policy, own, request_, templates_);
        for (const finding& one : found) {
            if (const exemption* used = exemption_for(policy, one, subject_, today_)) {
                use(policy, *used, one.rule);
                continue;
            }
            if (effects.deny) {
                combination_.add(policy.name, action::deny, one);
            }
            if (effects.warn) {
                combination_.add(policy.name, action::warn, one);
            }
            if (effects.audit) {
                combination_.add(policy.name, action::audit, one);
            }
        }
    }

    void use(const policy_document& policy, const exemption& used, rule_id rule) {
        exemptions_.push_back({policy.name, used.name, rule});
        std::string warning = expiry_warning(policy, used, today_);
        if (!warning.empty()) {
            expiry_warnings_.push_back(std::move(warning));
        }
    }

    const request& request_;
    std::chrono::sys_days today_;
    template_judgement templates_;
    rule_subject subject_;
    pod_security_memo pod_security_;
    combination combination_;
    std::vector<exemption_use> exemptions_;
    std::vector<std::string> expiry_warnings_;
};

/// Rules over images look at them, and exemptions for some images only.
bool looks_at_images(const policy_document& policy) {
    return policy.images || std::ranges::any_of(policy.exemptions, [](const exemption& one) {
               return !one.images.empty();
           });
}

/// A policy with `workloads: Ignore` does nothing to a template.
bool applies(const policy_document& policy, const request& subject, template_judgement templates) {
    return subject.scope == scope::pod || templates == template_judgement::as_pods
           || policy.workloads != template_mode::ignore;
}

} // namespace

plan make_plan(const request& subject, const policy_set& policies) {
    plan out;
    const bool changes_nothing = subject.about.operation == operation::update
                                 && subject.old_object != nullptr
                                 && *subject.object == *subject.old_object;
    out.let_through = changes_nothing || is_mirror_pod_of_its_node(subject);
    out.policies = policies.matching(subject.about, subject.object->service_account_name);
    return out;
}

verdict decide(
    const request& subject,
    const plan& with,
    std::chrono::sys_seconds now,
    template_judgement templates
) {
    verdict out;
    out.policies.reserve(with.policies.size());
    auto parts = judged_parts::containers;
    for (const policy_document* policy : with.policies) {
        if (applies(*policy, subject, templates)) {
            out.policies.emplace_back(policy->name);
            if (looks_at_images(*policy)) {
                parts = judged_parts::containers_and_images;
            }
        }
    }
    if (out.policies.empty()) {
        out.decision = decision::unmatched;
        return out;
    }
    if (with.let_through) {
        out.decision = decision::allow;
        out.let_through = true;
        return out;
    }
    const auto today = std::chrono::floor<std::chrono::days>(now);
    judgement judging(subject, parts, today, templates);
    for (const policy_document* policy : with.policies) {
        if (applies(*policy, subject, templates)) {
            judging.judge(*policy);
        }
    }
    judging.finish(out);
    return out;
}

} // namespace gatehouse::policy
