// image-registry: where an image may come from. `deny` wins over `allow`; with `allow`, what no
// pattern names is denied. Images that are no references are image-reference's affair.
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {

void judge_image_registry(
    const images_section& images,
    const rule_subject& subject,
    findings& found
) {
    for (const judged_image& image : subject.images) {
        if (!image.parsed) {
            continue;
        }
        const reference& parsed = image.parsed.value();
        const image_pattern* denied =
            images.deny.find(parsed, subject.namespace_name, pattern_use::deny);
        std::string text;
        if (denied != nullptr) {
            text = fmt::format(
                "image {} is denied by the pattern {}; use another image",
                plain_or_quoted(parsed.text()),
                printable(denied->text())
            );
        } else if (images.allow && images.allow->find(parsed, subject.namespace_name, pattern_use::permit) == nullptr) {
            text = fmt::format(
                "image {} is not from an allowed registry; allowed: {}",
                plain_or_quoted(parsed.text()),
                images.allow->summary()
            );
        } else {
            continue;
        }
        found.push_back({
            .rule = rule_id::image_registry,
            .reason = cause_reason::forbidden,
            .where = image.where,
            .field = image_field(image.where),
            .text = std::move(text),
        });
    }
}

} // namespace gatehouse::policy
