#include "policy/document/schema_values.h"
#include "policy/rule.h"

#include <utility>

namespace gatehouse::policy {
namespace {

schema_value checks() {
    std::vector<schema_word> words;
    for (const rule_id rule : all_rules()) {
        if (is_pod_security(rule)) {
            words.push_back({id_of(rule)});
        }
    }
    const std::size_t most = words.size();
    return list_value(word_value(std::move(words)), 0, most);
}

} // namespace

schema_value pod_security_schema() {
    return object_value({
        section_actions_field(),
        {
            .name = "level",
            .description = "The level of the Pod Security Standards.",
            .value = word_value({{"privileged"}, {"baseline"}, {"restricted"}}),
            .required = true,
        },
        {
            .name = "version",
            .description = "The Kubernetes version whose standards hold: latest or v1.N.",
            .value = text_value(text_form::pod_security_version, most_word_characters),
            .absent_as = "latest",
        },
        {
            .name = "exemptChecks",
            .description =
                "Checks of the level that are not made, by Pod Security Admission's ids.",
            .value = checks(),
        },
    });
}

} // namespace gatehouse::policy
