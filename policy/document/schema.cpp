#include "policy/document/schema.h"

#include "policy/rule.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace gatehouse::policy {
namespace {

/// What is not built yet is refused where it is written; each becomes true with its feature.
constexpr bool signatures_are_built = false;
constexpr bool registry_is_asked = false;

constexpr std::size_t most_patterns = 256;
constexpr std::size_t most_ranges = 64;
constexpr std::size_t most_exemptions = 256;
constexpr std::size_t most_pattern_characters = 512;
constexpr std::size_t most_name_characters = 253;
constexpr std::size_t most_word_characters = 63;
constexpr std::size_t most_reason_characters = 1024;
constexpr std::int64_t largest_id = 2147483647; // what Kubernetes allows for users and groups

schema_value ignored() { return {}; }

schema_value text(text_form form, std::size_t most_characters) {
    return {.kind = value_kind::text, .form = form, .most_characters = most_characters};
}

schema_value pattern(text_form form) { return text(form, most_pattern_characters); }

schema_value word(std::vector<schema_word> words) {
    return {.kind = value_kind::word, .words = std::move(words)};
}

schema_value boolean() { return {.kind = value_kind::boolean}; }

schema_value id() { return {.kind = value_kind::integer, .minimum = 0, .maximum = largest_id}; }

schema_value list(schema_value item, std::size_t least, std::size_t most) {
    return {
        .kind = value_kind::list,
        .item = {std::move(item)},
        .least_items = least,
        .most_items = most,
    };
}

schema_value object(std::vector<schema_field> fields) {
    return {.kind = value_kind::object, .fields = std::move(fields)};
}

/// Lists that narrow or permit must say something; lists that exclude or deny may be empty.
schema_value include_list(text_form form) { return list(pattern(form), 1, most_patterns); }
schema_value exclude_list(text_form form) { return list(pattern(form), 0, most_patterns); }

schema_value rules(bool pod_security_only) {
    std::vector<schema_word> words;
    for (const rule_id rule : all_rules()) {
        if (!pod_security_only || is_pod_security(rule)) {
            words.push_back({id_of(rule)});
        }
    }
    const std::size_t most = words.size();
    return list(word(std::move(words)), pod_security_only ? 0 : 1, most);
}

schema_value validation_actions() { return list(word({{"Deny"}, {"Warn"}, {"Audit"}}), 1, 3); }

schema_field section_actions() {
    return {
        .name = "validationActions",
        .description = "What findings of this section do; absent: what the policy says.",
        .value = validation_actions(),
    };
}

schema_value metadata() {
    std::vector<schema_field> fields = {{
        .name = "name",
        .description = "The policy's name in messages, annotations and metrics: a DNS subdomain.",
        .value = text(text_form::policy_name, most_name_characters),
        .required = true,
    }};
    // The rest of ObjectMeta, so that what `kubectl get -o yaml` prints is a policy too.
    for (const std::string_view name :
         {"annotations",
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "finalizers",
          "generateName",
          "generation",
          "labels",
          "managedFields",
          "namespace",
          "ownerReferences",
          "resourceVersion",
          "selfLink",
          "uid"}) {
        fields.push_back({.name = name, .description = "Not looked at.", .value = ignored()});
    }
    return object(std::move(fields));
}

schema_value match() {
    return object({
        {
            .name = "namespaces",
            .description = "Globs over the request's namespace; absent: every namespace.",
            .value = include_list(text_form::namespace_glob),
        },
        {
            .name = "excludeNamespaces",
            .description = "Globs over namespaces in which the policy does not apply.",
            .value = exclude_list(text_form::excluded_namespace_glob),
        },
        {
            .name = "namespaceSelector",
            .description = "Labels of the namespace.",
            .value = ignored(),
            .supported = false,
        },
        {
            .name = "serviceAccounts",
            .description = "Globs over namespace/name of the pod's service account; absent: every "
                           "account.",
            .value = include_list(text_form::account_glob),
        },
        {
            .name = "excludeUsers",
            .description = "Globs over users whose requests the policy does not judge.",
            .value = exclude_list(text_form::excluded_user_glob),
        },
        {
            .name = "excludeGroups",
            .description = "Globs over groups whose members' requests the policy does not judge.",
            .value = exclude_list(text_form::excluded_group_glob),
        },
    });
}

schema_value pod_security() {
    return object({
        section_actions(),
        {
            .name = "level",
            .description = "The level of the Pod Security Standards.",
            .value = word({{"privileged"}, {"baseline"}, {"restricted"}}),
            .required = true,
        },
        {
            .name = "version",
            .description = "The Kubernetes version whose standards hold: latest or v1.N.",
            .value = text(text_form::pod_security_version, most_word_characters),
            .absent_as = "latest",
        },
        {
            .name = "exemptChecks",
            .description =
                "Checks of the level that are not made, by Pod Security Admission's ids.",
            .value = rules(true),
        },
    });
}

schema_value ranges() {
    return list(
        object({
            {
                .name = "min",
                .description = "The smallest id, inclusive.",
                .value = id(),
                .required = true,
            },
            {
                .name = "max",
                .description = "The largest id, inclusive.",
                .value = id(),
                .required = true,
            },
        }),
        1,
        most_ranges
    );
}

schema_value id_rules(std::vector<schema_word> words) {
    return object({
        {
            .name = "rule",
            .description = "MustRunAs: set, and in the ranges. MayRunAs: in the ranges where set. "
                           "RunAsAny: not judged.",
            .value = word(std::move(words)),
            .required = true,
        },
        {
            .name = "ranges",
            .description = "The ids that are allowed; required with MustRunAs and MayRunAs.",
            .value = ranges(),
        },
        {
            .name = "rangesFrom",
            .description = "The namespace's annotation that holds the ranges.",
            .value = ignored(),
            .supported = false,
        },
    });
}

schema_value run_as() {
    const std::vector<schema_word> groups = {{"MustRunAs"}, {"MayRunAs"}, {"RunAsAny"}};
    return object({
        section_actions(),
        {
            .name = "runAsUser",
            .description = "The user of every container.",
            .value = id_rules({{"MustRunAs"}, {"MustRunAsNonRoot"}, {"MayRunAs"}, {"RunAsAny"}}),
        },
        {
            .name = "runAsGroup",
            .description = "The primary group of every container.",
            .value = id_rules(groups),
        },
        {
            .name = "fsGroup",
            .description = "The group that owns the pod's volumes.",
            .value = id_rules(groups),
        },
        {
            .name = "supplementalGroups",
            .description = "The further groups of the pod.",
            .value = id_rules(groups),
        },
        {
            .name = "supplementalGroupsPolicy",
            .description = "Strict: the pod must ask for no groups of the image's /etc/group.",
            .value = word({{"Strict"}}),
        },
        {
            .name = "imageUser",
            .description = "Whether to read the image's USER where the pod leaves the user open.",
            .value = word({{"Ignore"}, {"Resolve", registry_is_asked}}),
            .absent_as = "Ignore",
        },
        {
            .name = "userNamespaces",
            .description = "Relax: pods with hostUsers: false may run as any user.",
            .value = word({{"Judge"}, {"Relax"}}),
            .absent_as = "Judge",
        },
    });
}

schema_value images() {
    return object({
        section_actions(),
        {
            .name = "allow",
            .description = "Patterns of the images that are allowed; absent: every image.",
            .value = include_list(text_form::image_pattern),
        },
        {
            .name = "deny",
            .description = "Patterns of images that are denied, whatever allow says.",
            .value = exclude_list(text_form::image_pattern),
        },
        {
            .name = "requireDigest",
            .description = "Whether every image must be named by digest.",
            .value = boolean(),
            .absent_as = "false",
        },
        {
            .name = "denyTags",
            .description = "Globs over tags that are denied; no tag is latest, and with a digest "
                           "no tag is judged.",
            .value = exclude_list(text_form::tag_glob),
        },
    });
}

schema_value exemptions() {
    return list(
        object({
            {
                .name = "name",
                .description = "The exemption's name in annotations and metrics.",
                .value = text(text_form::exemption_name, most_word_characters),
                .required = true,
            },
            {
                .name = "images",
                .description = "Patterns: only findings about such images are lifted.",
                .value = include_list(text_form::image_pattern),
            },
            {
                .name = "namespaces",
                .description = "Globs: only findings in such namespaces are lifted.",
                .value = include_list(text_form::namespace_glob),
            },
            {
                .name = "rules",
                .description = "The rules whose findings are lifted, by id.",
                .value = rules(false),
                .required = true,
            },
            {
                .name = "until",
                .description = "The last day (UTC) on which it holds, as 2027-01-31, or never.",
                .value = text(text_form::last_day, most_word_characters),
                .required = true,
            },
            {
                .name = "reason",
                .description = "Why, and who knows more.",
                .value = text(text_form::reason, most_reason_characters),
                .required = true,
            },
        }),
        0,
        most_exemptions
    );
}

schema_value spec() {
    return object({
        {
            .name = "validationActions",
            .description = "What findings do. Deny refuses the request, Warn warns who sent it, "
                           "Audit writes the audit log. Not Deny and Warn together.",
            .value = validation_actions(),
            .absent_as = "[Deny]",
        },
        {
            .name = "workloads",
            .description = "What findings in the pod templates of workloads do at most.",
            .value = word({{"Deny"}, {"Warn"}, {"Ignore"}}),
            .absent_as = "Warn",
        },
        {
            .name = "match",
            .description = "The requests that the policy judges; absent: all. All that is given "
                           "must hold.",
            .value = match(),
        },
        {
            .name = "podSecurity",
            .description = "The Pod Security Standards.",
            .value = pod_security(),
        },
        {
            .name = "runAs",
            .description = "Users and groups, judged on the values that will hold.",
            .value = run_as(),
        },
        {
            .name = "images",
            .description = "Where images come from and how they are named.",
            .value = images(),
        },
        {
            .name = "signatures",
            .description = "Who must have signed images.",
            .value = ignored(),
            .supported = signatures_are_built,
        },
        {
            .name = "unsignedImages",
            .description = "What becomes of images that no signatures entry selects.",
            .value = ignored(),
            .supported = signatures_are_built,
        },
        {
            .name = "onRegistryUnavailable",
            .description = "What findings do when a registry cannot be had.",
            .value = word({{"Deny"}, {"Warn", registry_is_asked}}),
            .absent_as = "Deny",
        },
        {
            .name = "exemptions",
            .description = "Dated holes in this policy.",
            .value = exemptions(),
        },
    });
}

schema_value document() {
    return object({
        {
            .name = "apiVersion",
            .description = "The version of this format.",
            .value = word({{"gatehouse.dev/v1alpha1"}}),
            .required = true,
        },
        {
            .name = "kind",
            .description = "The kind of this document.",
            .value = word({{"AdmissionPolicy"}}),
            .required = true,
        },
        {
            .name = "metadata",
            .description = "As in every Kubernetes object; only the name is looked at.",
            .value = metadata(),
            .required = true,
        },
        {
            .name = "spec",
            .description = "What the policy says.",
            .value = spec(),
            .required = true,
        },
        {.name = "status", .description = "Not looked at.", .value = ignored()},
    });
}

} // namespace

const schema_value& policy_schema() {
    static const schema_value schema = document();
    return schema;
}

const schema_field* field_named(const schema_value& object, std::string_view name) {
    const auto found = std::ranges::find(object.fields, name, &schema_field::name);
    return found == object.fields.end() ? nullptr : &*found;
}

} // namespace gatehouse::policy
