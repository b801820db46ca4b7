#include "policy/document/parse.h"

#include "policy/document/check.h"
#include "policy/document/decode.h"
#include "policy/document/diagnostics.h"
#include "policy/document/schema.h"
#include "policy/document/section.h"
#include "policy/sha256.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace gatehouse::policy {
namespace {

constexpr yaml_limits policy_limits{
    .depth = 32,
    .nodes = 1'000'000,
    .text = 16 * 1024 * 1024,
    .documents = 10'000,
};

/// The value of a field of the root by its text; empty where it is none.
const yaml_node* scalar_field(const yaml_node& root, std::string_view name) {
    for (const auto& [key, value] : root.entries) {
        if (key.kind == yaml_kind::scalar && key.scalar == name) {
            return value.kind == yaml_kind::scalar ? &value : nullptr;
        }
    }
    return nullptr;
}

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

class parser {
  public:
    parsed_policies run(std::span<const policy_source> sources) {
        if (sources.empty()) {
            out_.errors.push_back({"", {}, "", "there is no policy file"});
        }
        for (const policy_source& source : sources) {
            read_source(source);
        }
        return std::move(out_);
    }

  private:
    struct place {
        std::string source;
        position at;
    };

    void read_source(const policy_source& source) {
        diagnostics to(source.name);
        const std::vector<yaml_document> documents = parse_yaml(source.text, policy_limits);
        const bool any = std::ranges::any_of(documents, [](const yaml_document& document) {
            return document.has_problem || !document.empty;
        });
        if (!any) {
            to.error({}, "", "there is no policy in this file");
        }
        for (const yaml_document& document : documents) {
            if (document.has_problem) {
                to.error(document.problem.at, "", document.problem.message);
            } else if (!document.empty) {
                read_document(document, to);
            }
        }
        to.move_into(out_);
    }

    void read_document(const yaml_document& document, diagnostics& to) {
        if (!is_policy(document.root, to)) {
            return;
        }
        if (++count_ == most_policies + 1) {
            to.error(
                document.at, "", fmt::format("there are more than {} policies", most_policies)
            );
        }
        const std::size_t errors_before = to.errors().size();
        check_document(document.root, policy_schema(), to);
        decode_context context{.to = to};
        const section root(document.root, policy_schema(), "", context);
        policy_document policy = decode_document(root);
        check_name(root, policy.name, to);
        check_rules(root, policy, errors_before, to);
        if (to.errors().size() == errors_before && context.passed_over > 0) {
            to.error(
                document.at, "", "the policy could not be read"
            ); // a fault of ours; fail closed
        }
        policy.hash = sha256_hex(document.text);
        out_.policies.push_back(std::move(policy));
    }

    /// Whether the document claims to be a policy at all; if not, that is the only error.
    static bool is_policy(const yaml_node& root, diagnostics& to) {
        if (root.kind != yaml_kind::mapping) {
            to.error(root.at, "", "must be a mapping with apiVersion, kind, metadata and spec");
            return false;
        }
        const yaml_node* kind = scalar_field(root, "kind");
        if (kind == nullptr || kind->scalar == "AdmissionPolicy") {
            return true; // an absent kind is told with the other fields
        }
        to.error(
            kind->at,
            "kind",
            kind->scalar == "ServerConfiguration"
                ? "ServerConfiguration is not supported yet"
                : fmt::format("must be AdmissionPolicy, not {}", quoted(kind->scalar, 80))
        );
        return false;
    }

    void check_name(const section& root, const std::string& name, const diagnostics& to) {
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
                    quoted(name),
                    one_line(first->second.source),
                    first->second.at.line,
                    first->second.at.column
                )
            );
        }
    }

    static void check_rules(
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

    parsed_policies out_;
    std::map<std::string, place> names_;
    std::size_t count_ = 0;
};

} // namespace

parsed_policies parse_policies(std::span<const policy_source> sources) {
    return parser().run(sources);
}

} // namespace gatehouse::policy
