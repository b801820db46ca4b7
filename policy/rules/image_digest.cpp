// image-digest: a tag can move between our look and the node's pull; `requireDigest` demands images
// that are named by digest, and so do signature entries (`tags`), which know the digest to write.
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {

finding named_by_tag(const judged_image& image, const digest* verified) {
    const reference& parsed = image.parsed.value();
    return {
        .rule = rule_id::image_digest,
        .reason = cause_reason::required,
        .where = image.where,
        .field = image_field(image.where),
        .text = fmt::format(
            "image {} is not named by digest; write {}@{}",
            plain_or_quoted(parsed.text()),
            printable(parsed.name(), longest_image_name),
            verified == nullptr ? "sha256:<digest>" : verified->text()
        ),
    };
}

void judge_image_digest(
    const images_section& images,
    const rule_subject& subject,
    findings& found
) {
    if (!images.require_digest) {
        return;
    }
    for (const judged_image& image : subject.images) {
        if (!image.parsed || !image.parsed.value().digest().empty()) {
            continue;
        }
        found.push_back(named_by_tag(image, nullptr));
    }
}

} // namespace gatehouse::policy
