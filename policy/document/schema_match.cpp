#include "policy/document/schema_values.h"

namespace gatehouse::policy {

schema_value match_schema() {
    return object_value({
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
            .value = ignored_value(),
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

} // namespace gatehouse::policy
