#include "policy/document/schema_values.h"
#include "policy/rule.h"

#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::size_t most_exemptions = 256;
constexpr std::size_t most_reason_characters = 1024;

schema_value rules() {
    std::vector<schema_word> words;
    for (const rule_id rule : all_rules()) {
        words.push_back({id_of(rule)});
    }
    return list_value(word_value(std::move(words)), 1, rule_count);
}

} // namespace

schema_value exemptions_schema() {
    return list_value(
        object_value({
            {
                .name = "name",
                .description = "The exemption's name in annotations and metrics.",
                .value = text_value(text_form::item_name, most_word_characters),
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
                .value = rules(),
                .required = true,
            },
            {
                .name = "until",
                .description = "The last day (UTC) on which it holds, as 2027-01-31, or never.",
                .value = text_value(text_form::last_day, most_word_characters),
                .required = true,
            },
            {
                .name = "reason",
                .description = "Why, and who knows more.",
                .value = text_value(text_form::reason, most_reason_characters),
                .required = true,
            },
        }),
        0,
        most_exemptions
    );
}

} // namespace gatehouse::policy
