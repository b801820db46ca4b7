// image-digest: a tag can move between our look and the node's pull; `requireDigest` demands images
// that are named by digest.
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {

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
        const reference& parsed = image.parsed.value();
        found.push_back({
            .rule = rule_id::image_digest,
            .reason = cause_reason::required,
            .where = image.where,
            .field = image_field(image.where),
            .text = fmt::format(
                "image {} is not named by digest; write {}@sha256:<digest>",
                plain_or_quoted(parsed.text()),
                printable(parsed.name())
            ),
        });
    }
}

} // namespace gatehouse::policy
