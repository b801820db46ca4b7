#include "policy/document/schema_values.h"

namespace gatehouse::policy {

schema_value images_schema() {
    return object_value({
        section_actions_field(),
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
            .value = boolean_value(),
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

} // namespace gatehouse::policy
