#pragma once
// Our own rules, one file each, named after the rule: users and groups (`runAs`) and image
// references
// (`images`). Each is a pure function from a policy's section and a subject to findings.
// Semantics of the id rules: PodSecurityPolicy's, judged on effective values (interface 2.5).

#include "policy/document/document.h"
#include "policy/finding.h"
#include "policy/rules/subject.h"

#include <span>
#include <string>
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
