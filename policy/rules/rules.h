#pragma once
// Our own rules, one file each, named after the rule: users and groups (`runAs`), image references
// (`images`) and signatures. Each is a pure function from a policy's section and a subject to
// findings; image-signature also needs evidence, and those over users may (open_user.h).
// Semantics of the id rules: PodSecurityPolicy's, judged on effective values (interface 2.5).

#include "policy/document/document.h"
#include "policy/evidence.h"
#include "policy/finding.h"
#include "policy/rules/subject.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

using findings = std::vector<finding>;

void judge_image_reference(const rule_subject& subject, findings& found);
void judge_image_registry(
    const images_section& images,
    const rule_subject& subject,
    findings& found
);
void judge_image_tag(const images_section& images, const rule_subject& subject, findings& found);
void judge_image_digest(const images_section& images, const rule_subject& subject, findings& found);

/// That an image is named by tag only; prints `verified` where it is not null. Requires: a reference
/// without a digest.
[[nodiscard]] finding named_by_tag(const judged_image& image, const digest* verified);

/// True where the entry is to judge the image. Requires: image.parsed.
[[nodiscard]] bool selects(
    const signature_entry& entry,
    const judged_image& image,
    std::string_view request_namespace
);
/// True where the entry is decided without any network call.
[[nodiscard]] bool is_static(const signature_entry& entry) noexcept;

enum class signature_standing : std::uint8_t {
    satisfied,
    not_signed,     ///< nothing that may be a signature lies there
    not_by_signers, ///< what lies there does not suffice
    unknown,        ///< a fact could not be had
    refused,        ///< `static: Fail`
};

/// What one authority of an entry has signed.
struct authority_standing {
    const authority* signer = nullptr;
    std::vector<const verified_signature*> signatures; ///< that count; none: it has not signed
    /// Why others by its keys do not count: "signed it without the annotation env".
    std::vector<std::string> objections;
};

/// What an entry says of an image that it selects.
struct signature_result {
    signature_standing standing = signature_standing::unknown;
    std::optional<finding> found;           ///< nothing: the entry is satisfied
    const digest* verified = nullptr;       ///< what the entry's signatures were found for
    const fetch_failure* failure = nullptr; ///< of the fact that could not be had
    /// In the entry's order; none where nothing had to be known, or nothing was.
    std::vector<authority_standing> authorities = {};
};
/// Pointers in the result point into `entry` and `known`. Requires: image.parsed.
[[nodiscard]] signature_result judge_image_signature(
    const signature_entry& entry,
    const judged_image& image,
    const evidence& known,
    const registry_aliases& aliases
);
/// That no entry selects an image (`unsignedImages`).
[[nodiscard]] finding selected_by_no_entry(const judged_image& image);

void judge_run_as_user(const run_as_section& run_as, const rule_subject& subject, findings& found);
void judge_run_as_group(const run_as_section& run_as, const rule_subject& subject, findings& found);
void judge_fs_group(const run_as_section& run_as, const rule_subject& subject, findings& found);
void judge_supplemental_groups(
    const run_as_section& run_as,
    const rule_subject& subject,
    findings& found
);
void judge_supplemental_groups_policy(
    const run_as_section& run_as,
    const rule_subject& subject,
    findings& found
);

} // namespace gatehouse::policy
