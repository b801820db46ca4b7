#include "policy/document/schema.h"

#include "policy/document/schema_values.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::size_t most_name_characters = 253;

schema_value metadata() {
    std::vector<schema_field> fields = {{
        .name = "name",
        .description = "The policy's name in messages, annotations and metrics: a DNS subdomain.",
        .value = text_value(text_form::policy_name, most_name_characters),
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
        fields.push_back({.name = name, .description = "Not looked at.", .value = ignored_value()});
    }
    return object_value(std::move(fields));
}

schema_value spec() {
    return object_value({
        {
            .name = "validationActions",
            .description = "What findings do. Deny refuses the request, Warn warns who sent it, "
                           "Audit writes the audit log. Not Deny and Warn together.",
            .value = validation_actions_value(),
            .absent_as = "[Deny]",
        },
        {
            .name = "workloads",
            .description = "What findings in the pod templates of workloads do at most.",
            .value = word_value({{"Deny"}, {"Warn"}, {"Ignore"}}),
            .absent_as = "Warn",
        },
        {
            .name = "match",
            .description = "The requests that the policy judges; absent: all. All that is given "
                           "must hold.",
            .value = match_schema(),
        },
        {
            .name = "podSecurity",
            .description = "The Pod Security Standards.",
            .value = pod_security_schema(),
        },
        {
            .name = "runAs",
            .description = "Users and groups, judged on the values that will hold.",
            .value = run_as_schema(),
        },
        {
            .name = "images",
            .description = "Where images come from and how they are named.",
            .value = images_schema(),
        },
        {
            .name = "signatures",
            .description = "Who must have signed images.",
            .value = signatures_schema(),
        },
        {
            .name = "unsignedImages",
            .description =
                "What becomes of images that no signatures entry of this policy selects.",
            .value = word_value({{"Allow"}, {"Warn"}, {"Deny"}}),
            .absent_as = "Allow",
        },
        {
            .name = "onRegistryUnavailable",
            .description =
                "What it means that a listed registry cannot be had: the finding stands, "
                "or it is a warning.",
            .value = word_value({{"Deny"}, {"Warn"}}),
            .absent_as = "Deny",
        },
        {
            .name = "exemptions",
            .description = "Dated holes in this policy.",
            .value = exemptions_schema(),
        },
    });
}

schema_value document() {
    return object_value({
        api_version_field(),
        kind_field("AdmissionPolicy"),
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
        {.name = "status", .description = "Not looked at.", .value = ignored_value()},
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
