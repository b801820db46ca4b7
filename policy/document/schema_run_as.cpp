#include "policy/document/schema_values.h"

#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::size_t most_ranges = 64;

schema_value ranges() {
    return list_value(
        object_value({
            {
                .name = "min",
                .description = "The smallest id, inclusive.",
                .value = id_value(),
                .required = true,
            },
            {
                .name = "max",
                .description = "The largest id, inclusive.",
                .value = id_value(),
                .required = true,
            },
        }),
        1,
        most_ranges
    );
}

schema_value id_rules(std::vector<schema_word> words) {
    return object_value({
        {
            .name = "rule",
            .description = "MustRunAs: set, and in the ranges. MayRunAs: in the ranges where set. "
                           "RunAsAny: not judged.",
            .value = word_value(std::move(words)),
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
            .value = ignored_value(),
            .supported = false,
        },
    });
}

} // namespace

schema_value run_as_schema() {
    const std::vector<schema_word> groups = {{"MustRunAs"}, {"MayRunAs"}, {"RunAsAny"}};
    return object_value({
        section_actions_field(),
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
            .value = word_value({{"Strict"}}),
        },
        {
            .name = "imageUser",
            .description =
                "Resolve: where the pod leaves the user open, judge the one that the image brings.",
            .value = word_value({{"Ignore"}, {"Resolve"}}),
            .absent_as = "Ignore",
        },
        {
            .name = "userNamespaces",
            .description = "Relax: pods with hostUsers: false may run as any user.",
            .value = word_value({{"Judge"}, {"Relax"}}),
            .absent_as = "Judge",
        },
    });
}

} // namespace gatehouse::policy
