#include "policy/judgement.h"

#include "policy/checks/registry.h"
#include "policy/exempt.h"
#include "policy/image_wants.h"

#include <algorithm>
#include <set>
#include <utility>

namespace gatehouse::policy {
namespace {

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

void soften(actions& effects) {
    effects.warn = effects.warn || effects.deny;
    effects.deny = false;
}

bool judges_signatures(const policy_document& policy) {
    return !policy.signatures.empty() || policy.unsigned_image != unsigned_images::allow;
}

/// What is no reference is judged by the strictest of the sections that cannot look at it.
actions reference_actions(const policy_document& policy) {
    actions out;
    const auto add = [&](const std::optional<actions>& own) {
        const actions one = own.value_or(policy.validation_actions);
        out.deny = out.deny || one.deny;
        out.warn = out.warn || one.warn;
        out.audit = out.audit || one.audit;
    };
    if (policy.images) {
        add(policy.images->validation_actions);
    }
    for (const signature_entry& entry : policy.signatures) {
        add(entry.validation_actions);
    }
    if (policy.unsigned_image != unsigned_images::allow) {
        add(std::nullopt);
    }
    out.warn = out.warn && !out.deny;
    return out;
}

/// Each costs a look at every platform of an image; no real pod has so many containers.
constexpr std::size_t most_user_demands = 1024;

finding one_too_many(const open_rules& rules, const judged_container& c) {
    return {
        .rule = ids_of(rules).front(),
        .reason = cause_reason::required,
        .where = c.where,
        .field = "spec." + path_of(c.where) + ".securityContext.runAsUser",
        .text =
            "must set runAsUser: the image's user could not be resolved: more than 1024 are asked "
            "for; set securityContext.runAsUser",
    };
}

} // namespace

judgement::judgement(
    const request& subject,
    rule_subject parts,
    template_judgement templates,
    std::chrono::sys_days today
)
    : request_(&subject),
      subject_(std::move(parts)),
      templates_(templates),
      today_(today),
      combination_(subject.path) {}

void judgement::judge_offline(const std::vector<const policy_document*>& policies) {
    pod_security_memo pod_security;
    for (const policy_document* policy : policies) {
        judge_images(*policy);
        judge_run_as(*policy);
        if (policy->pod_security) {
            const pod_security_section& section = *policy->pod_security;
            // The whole pod, changed or not: so does Pod Security Admission.
            take(
                *policy,
                effects(*policy, section.validation_actions),
                pod_security.evaluate(section, *request_->object)
            );
        }
        if (judges_signatures(*policy)) {
            demand_signatures(*policy);
        }
        if (policy->run_as && policy->run_as->resolve_image_user) {
            demand_users(*policy);
        }
    }
}

void judgement::judge_images(const policy_document& policy) {
    if (!policy.images && !judges_signatures(policy)) {
        return;
    }
    findings found;
    judge_image_reference(subject_, found);
    if (!found.empty()) {
        take(policy, effects(policy, reference_actions(policy)), found);
        found.clear();
    }
    if (policy.images) {
        judge_image_registry(*policy.images, subject_, found);
        judge_image_tag(*policy.images, subject_, found);
        judge_image_digest(*policy.images, subject_, found);
        take(policy, effects(policy, policy.images->validation_actions), found);
    }
}

void judgement::judge_run_as(const policy_document& policy) {
    if (!policy.run_as) {
        return;
    }
    findings found;
    judge_run_as_user(*policy.run_as, subject_, found);
    judge_run_as_group(*policy.run_as, subject_, found);
    judge_fs_group(*policy.run_as, subject_, found);
    judge_supplemental_groups(*policy.run_as, subject_, found);
    judge_supplemental_groups_policy(*policy.run_as, subject_, found);
    take(policy, effects(policy, policy.run_as->validation_actions), found);
}

void judgement::demand_signatures(const policy_document& policy) {
    for (std::size_t i = 0; i < subject_.images.size(); ++i) {
        const judged_image& image = subject_.images[i];
        if (!image.parsed) {
            continue;
        }
        bool is_selected = false;
        for (const signature_entry& entry : policy.signatures) {
            if (selects(entry, image, subject_.namespace_name)) {
                is_selected = true;
                demands_.push_back({&policy, &entry, i, !is_static(entry)});
            }
        }
        if (!is_selected && policy.unsigned_image != unsigned_images::allow) {
            demands_.push_back({&policy, nullptr, i, false});
        }
    }
}

void judgement::demand_users(const policy_document& policy) {
    for (std::size_t i = 0; i < subject_.containers.size(); ++i) {
        const container& c = *subject_.containers[i].value;
        const open_rules rules = open_rules_of(*policy.run_as, *subject_.value, c);
        if (!rules.any()) {
            continue;
        }
        if (user_demands_.size() == most_user_demands) {
            take(
                policy,
                effects(policy, policy.run_as->validation_actions),
                {one_too_many(rules, subject_.containers[i])}
            );
        } else {
            user_demands_.push_back({&policy, i, rules, subject_.images[i].parsed.has_value()});
        }
    }
}

std::vector<image_want> judgement::wants() {
    if (demands_.empty() && user_demands_.empty()) {
        return {};
    }
    // What is denied already is not worth a conversation with a registry, nor a word on signatures.
    std::erase_if(demands_, [&](const demand& one) {
        return one.needs_evidence && combination_.denies_image(subject_.images[one.image].where);
    });
    std::erase_if(user_demands_, [&](const user_demand& one) {
        return combination_.denies_image(subject_.containers[one.container].where);
    });
    image_wants out;
    for (const demand& one : demands_) {
        if (one.needs_evidence) {
            out.add(subject_.images[one.image].parsed.value(), *one.entry);
        }
    }
    for (const user_demand& one : user_demands_) {
        if (one.needs_evidence) {
            out.add(
                subject_.images[one.container].parsed.value(), want_of(one.rules, *subject_.value)
            );
        }
    }
    return out.take();
}

void judgement::finish(const evidence* known, verdict& out) {
    static const evidence nothing;
    std::set<rule_id> not_checked;
    for (const demand& one : demands_) {
        if (one.entry == nullptr) {
            judge_unselected(one);
        } else if (!one.needs_evidence || known != nullptr) {
            judge_signature(one, known == nullptr ? nothing : *known);
        } else {
            judge_tag(one, nullptr); // the one part that no registry is needed for
            not_checked.insert(rule_id::image_signature);
        }
    }
    for (const user_demand& one : user_demands_) {
        if (!one.needs_evidence || known != nullptr) {
            judge_user(one, known == nullptr ? nothing : *known);
        } else {
            for (const rule_id rule : ids_of(one.rules)) {
                not_checked.insert(rule);
            }
        }
    }
    out.not_checked.assign(not_checked.begin(), not_checked.end());
    out.violations = combination_.take();
    out.exemptions = std::move(exemptions_);
    out.unverified = std::move(unverified_);
    out.further_warnings = std::move(further_warnings_);
    const bool denied = std::ranges::any_of(out.violations, [](const violation& v) {
        return v.action == action::deny;
    });
    out.decision = denied ? decision::deny : decision::allow;
}

void judgement::judge_signature(const demand& wanted, const evidence& known) {
    const policy_document& policy = *wanted.policy;
    const judged_image& image = subject_.images[wanted.image];
    const signature_result got =
        judge_image_signature(*wanted.entry, image, known, *subject_.aliases);
    if (got.found && !is_lifted(policy, *got.found)) {
        actions then = effects(policy, wanted.entry->validation_actions);
        excuse_outage(policy, image, got.failure, then);
        file(policy, then, *got.found);
    }
    if (wanted.needs_evidence) {
        judge_tag(wanted, got.verified);
    }
}

void judgement::judge_user(const user_demand& wanted, const evidence& known) {
    const policy_document& policy = *wanted.policy;
    const judged_image& image = subject_.images[wanted.container];
    const std::vector<open_finding> got = judge_open_rules(
        *policy.run_as,
        wanted.rules,
        subject_,
        subject_.containers[wanted.container],
        image.parsed,
        known
    );
    for (const open_finding& one : got) {
        if (is_lifted(policy, one.found)) {
            continue;
        }
        actions then = effects(policy, policy.run_as->validation_actions);
        excuse_outage(policy, image, one.failure, then);
        file(policy, then, one.found);
    }
}

void judgement::judge_unselected(const demand& wanted) {
    const finding found = selected_by_no_entry(subject_.images[wanted.image]);
    if (is_lifted(*wanted.policy, found)) {
        return;
    }
    actions then = effects(*wanted.policy, std::nullopt);
    if (wanted.policy->unsigned_image == unsigned_images::warn) {
        soften(then);
    }
    file(*wanted.policy, then, found);
}

void judgement::judge_tag(const demand& wanted, const digest* verified) {
    const judged_image& image = subject_.images[wanted.image];
    if (wanted.entry->tags == tag_mode::allow || !image.parsed.value().digest().empty()) {
        return;
    }
    const finding found = named_by_tag(image, verified);
    if (is_lifted(*wanted.policy, found)) {
        return;
    }
    actions then = effects(*wanted.policy, wanted.entry->validation_actions);
    if (wanted.entry->tags == tag_mode::warn) {
        soften(then);
    }
    file(*wanted.policy, then, found);
}

/// What a policy's action becomes for this object (interface 2.5): an old template must be able to
/// roll back, and a template's author gets a warning rather than a wall unless the policy says
/// otherwise.
actions judgement::effects(const policy_document& policy, const std::optional<actions>& own) const {
    actions out = own.value_or(policy.validation_actions);
    if (templates_ == template_judgement::as_pods || request_->scope == scope::pod) {
        return out;
    }
    const bool owned = request_->has_controller
                       && (request_->object_kind == "ReplicaSet" || request_->object_kind == "Job");
    if (out.deny && (policy.workloads == template_mode::warn || owned)) {
        soften(out);
    }
    return out;
}

bool judgement::is_lifted(const policy_document& policy, const finding& found) {
    const exemption* used = exemption_for(policy, found, subject_, today_);
    if (used == nullptr) {
        return false;
    }
    exemptions_.push_back({policy.name, used->name, found.rule});
    std::string warning = expiry_warning(policy, *used, today_);
    if (!warning.empty()) {
        further_warnings_.push_back(std::move(warning));
    }
    return true;
}

void judgement::file(const policy_document& policy, const actions& effects, const finding& found) {
    if (effects.deny) {
        combination_.add(policy.name, action::deny, found);
    }
    if (effects.warn) {
        combination_.add(policy.name, action::warn, found);
    }
    if (effects.audit) {
        combination_.add(policy.name, action::audit, found);
    }
}

void judgement::take(const policy_document& policy, const actions& effects, const findings& found) {
    for (const finding& one : found) {
        if (!is_lifted(policy, one)) {
            file(policy, effects, one);
        }
    }
}

void judgement::excuse_outage(
    const policy_document& policy,
    const judged_image& image,
    const fetch_failure* failure,
    actions& effects
) {
    const bool may_pass = policy.on_registry_unavailable == on_unavailable::warn
                          && failure != nullptr && failure->host_is_listed
                          && is_outage(failure->cause);
    if (effects.deny && may_pass) {
        soften(effects);
        note_unverified({policy.name, failure->cause, image.parsed.value().text()});
    }
}

void judgement::note_unverified(unverified_use use) {
    if (std::ranges::find(unverified_, use) == unverified_.end()) {
        unverified_.push_back(std::move(use));
    }
}

} // namespace gatehouse::policy
