// image-reference: what is no valid image reference can be matched against no pattern, so it is a
// violation under every policy that has an `images` or `signatures` section (interface 2.2).
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {

void judge_image_reference(const rule_subject& subject, findings& found) {
    for (const judged_image& image : subject.images) {
        if (image.parsed) {
            continue;
        }
        found.push_back({
            .rule = rule_id::image_reference,
            .reason = image.text.empty() ? cause_reason::required : cause_reason::invalid,
            .where = image.where,
            .field = image_field(image.where),
            .text = image.text.empty() ? "has no image; set one such as registry.example/app:1.0"
                                       : fmt::format(
                                           "image {} is not a valid image reference: {}",
                                           quoted(image.text),
                                           image.parsed.error().detail()
                                       ),
        });
    }
}

} // namespace gatehouse::policy
