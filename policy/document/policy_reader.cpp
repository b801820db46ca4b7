#include "policy/document/policy_reader.h"

#include "policy/document/check.h"
#include "policy/document/decode.h"
#include "policy/document/documents.h"
#include "policy/document/excerpt.h"
#include "policy/document/schema.h"
#include "policy/image/digest.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace gatehouse::policy {
namespace {

/// What the policy judges cannot be told while this part of it has errors.
bool is_about_rules(const diagnostic& error) {
    constexpr std::string_view spec = "spec.";
    constexpr std::array<std::string_view, 5> others = {
        "validationActions", "workloads", "match", "onRegistryUnavailable", "exemptions"};
    if (!error.field.starts_with(spec)) {
        return error.field == "spec";
    }
    const std::string_view below = std::string_view(error.field).substr(spec.size());
    const std::string_view field = below.substr(0, below.find_first_of(".["));
    return std::ranges::find(others, field) == others.end();
}

/// Whether the document claims to be a policy at all; if not, that is the only error.
bool is_policy(const yaml_node& root, diagnostics& to) {
    if (root.kind != yaml_kind::mapping) {
        to.error(root.at, "", "must be a mapping with apiVersion, kind, metadata and spec");
        return false;
    }
    const yaml_node* kind = kind_of(root);
    if (kind == nullptr || kind->scalar == policy_kind) {
        return true; // an absent kind is told with the other fields
    }
    to.error(
        kind->at,
        "kind",
        kind->scalar == configuration_kind
            ? "must be AdmissionPolicy; a ServerConfiguration is given to `serve --config`"
            : fmt::format("must be AdmissionPolicy, not {}", excerpt_of(kind->scalar))
    );
    return false;
}

void check_rules(
    const section& root,
    const policy_document& policy,
    std::size_t errors_before,
    const diagnostics& to
) {
    const bool has_rule =
        policy.pod_security || policy.images || (policy.run_as && has_rules(*policy.run_as))
        || !policy.signatures.empty() || policy.unsigned_image != unsigned_images::allow;
    const auto errors = std::span(to.errors()).subspan(errors_before);
    if (has_rule || std::ranges::any_of(errors, is_about_rules)) {
        return;
    }
    if (const std::optional<section> spec = root.object("spec")) {
        spec->error("the policy has no rule; give it podSecurity, runAs, images or signatures");
    }
}

} // namespace

void policy_reader::read(const yaml_document& document, diagnostics& to) {
    if (!is_policy(document.root, to)) {
        return;
    }
    if (++count_ == most_policies + 1) {
        to.error(document.at, "", fmt::format("there are more than {} policies", most_policies));
    }
    const std::size_t errors_before = to.errors().size();
    check_document(document.root, policy_schema(), to);
    decode_context context{.to = to};
    const section root(document.root, policy_schema(), "", context);
    policy_document policy = decode_document(root);
    check_name(root, policy.name, to);
    check_rules(root, policy, errors_before, to);
    if (to.errors().size() == errors_before && context.passed_over > 0) {
        to.error(document.at, "", "the policy could not be read"); // a fault of ours; fail closed
    }
    policy.hash = digest::of(document.text).hex();
    policies_.push_back(std::move(policy));
}

void policy_reader::check_name(
    const section& root,
    const std::string& name,
    const diagnostics& to
) {
    if (name.empty()) {
        return;
    }
    const section metadata = root.object("metadata").value();
    const auto [first, is_new] =
        names_.emplace(name, place{to.source(), metadata.value_at("name")});
    if (!is_new) {
        metadata.error_at(
            "name",
            fmt::format(
                "{} is the name of another policy too, at {}:{}:{}",
                excerpt_of(name, longest_excerpt),
                one_line(first->second.source),
                first->second.at.line,
                first->second.at.column
            )
        );
    }
}

} // namespace gatehouse::policy
