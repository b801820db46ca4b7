// image-tag: tags that must not be deployed, by glob. An absent tag counts as `latest`; an image
// named by digest is not judged by its tag.
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {

void judge_image_tag(const images_section& images, const rule_subject& subject, findings& found) {
    if (images.deny_tags.empty()) {
        return;
    }
    for (const judged_image& image : subject.images) {
        if (!image.parsed || !image.parsed.value().digest().empty()) {
            continue;
        }
        const reference& parsed = image.parsed.value();
        const auto denied = std::ranges::find_if(images.deny_tags, [&](const std::string& glob) {
            return matches_glob(glob, parsed.tag());
        });
        if (denied == images.deny_tags.end()) {
            continue;
        }
        found.push_back({
            .rule = rule_id::image_tag,
            .reason = cause_reason::forbidden,
            .where = image.where,
            .field = image_field(image.where),
            .text = fmt::format(
                "image {} has the denied tag {}{}; name a fixed version or a digest",
                plain_or_quoted(parsed.text()),
                plain_or_quoted(parsed.tag()),
                *denied == parsed.tag() ? "" : fmt::format(" (pattern {})", printable(*denied))
            ),
        });
    }
}

} // namespace gatehouse::policy
