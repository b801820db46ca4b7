#include "policy/decide.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace gatehouse::policy {
namespace {

/// Rules over images, signatures and image users look at them, and exemptions for some images only.
bool looks_at_images(const policy_document& policy) {
    return policy.images || (policy.run_as && policy.run_as->resolve_image_user)
           || !policy.signatures.empty() || policy.unsigned_image != unsigned_images::allow
           || std::ranges::any_of(policy.exemptions, [](const exemption& one) {
                  return !one.images.empty();
              });
}

/// A policy with `workloads: Ignore` does nothing to a template.
bool applies(const policy_document& policy, const request& subject, template_judgement templates) {
    return subject.scope == scope::pod || templates == template_judgement::as_pods
           || policy.workloads != template_mode::ignore;
}

std::string age_text(std::chrono::seconds age) {
    using namespace std::chrono_literals;
    if (age < 2min) {
        return fmt::format("{} s", age.count());
    }
    if (age < 2h) {
        return fmt::format("{} min", std::chrono::floor<std::chrono::minutes>(age).count());
    }
    return fmt::format("{} h", std::chrono::floor<std::chrono::hours>(age).count());
}

/// What a verdict tells of the evidence itself.
void tell_evidence(const std::vector<image_want>& wants, const evidence& known, verdict& out) {
    for (const image_want& want : wants) {
        const image_evidence* had = known.of(want.image.text());
        const digest* resolved = had == nullptr ? nullptr : std::get_if<digest>(&had->resolved);
        if (resolved == nullptr) {
            continue;
        }
        out.images.push_back({want.image.text(), resolved->text()});
        if (had->stale) {
            out.further_warnings.push_back(fmt::format(
                "image {} was judged by what was known of it {} ago: its registry cannot be had "
                "now",
                plain_or_quoted(want.image.text()),
                age_text(*had->stale)
            ));
        }
    }
}

verdict decide_by(plan with, const evidence* known) {
    verdict out;
    out.policies.reserve(with.policies.size());
    for (const policy_document* policy : with.policies) {
        out.policies.emplace_back(policy->name);
    }
    if (with.policies.empty()) {
        out.decision = decision::unmatched;
        return out;
    }
    if (with.let_through) {
        out.decision = decision::allow;
        out.let_through = true;
        return out;
    }
    with.begun->finish(known, out);
    if (known != nullptr) {
        tell_evidence(with.wants, *known, out);
    }
    return out;
}

} // namespace

plan make_plan(
    const request& subject,
    const policy_set& policies,
    std::chrono::sys_seconds now,
    template_judgement templates
) {
    plan out;
    out.policies = policies.matching(subject.about, subject.object->service_account_name);
    std::erase_if(out.policies, [&](const policy_document* policy) {
        return !applies(*policy, subject, templates);
    });
    if (out.policies.empty()) {
        return out;
    }
    const bool changes_nothing = subject.about.operation == operation::update
                                 && subject.old_object != nullptr
                                 && *subject.object == *subject.old_object;
    out.let_through = changes_nothing || is_mirror_pod_of_its_node(subject);
    if (out.let_through) {
        return out;
    }
    const bool with_images = std::ranges::any_of(out.policies, [](const policy_document* policy) {
        return looks_at_images(*policy);
    });
    const auto parts = with_images ? judged_parts::containers_and_images : judged_parts::containers;
    judgement& begun = out.begun.emplace(
        subject,
        make_rule_subject(subject, parts, policies.aliases()),
        templates,
        std::chrono::floor<std::chrono::days>(now)
    );
    begun.judge_offline(out.policies);
    out.wants = begun.wants();
    return out;
}

verdict decide(plan with, const evidence& known) { return decide_by(std::move(with), &known); }

verdict decide_offline(plan with) { return decide_by(std::move(with), nullptr); }

} // namespace gatehouse::policy
