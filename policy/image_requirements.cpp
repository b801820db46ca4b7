#include "policy/image_requirements.h"

#include "policy/image_wants.h"

#include <utility>

namespace gatehouse::policy {

bool requirement_answer::is_satisfied() const noexcept {
    if (entry == nullptr) {
        return policy->unsigned_image == unsigned_images::warn;
    }
    return signature.standing == signature_standing::satisfied
           && (!by_tag || entry->tags == tag_mode::warn);
}

image_requirements::image_requirements(
    reference image,
    std::string_view request_namespace,
    const policy_set& policies
)
    : subject_{{}, {}, std::move(image)}, aliases_(policies.aliases()) {
    for (const policy_document& policy : policies.all()) {
        bool is_selected = false;
        for (const signature_entry& entry : policy.signatures) {
            if (selects(entry, subject_, request_namespace)) {
                is_selected = true;
                demands_.push_back({&policy, &entry});
            }
        }
        if (!is_selected && policy.unsigned_image != unsigned_images::allow) {
            demands_.push_back({&policy, nullptr});
        }
    }
}

std::vector<image_want> image_requirements::wants() const {
    image_wants out;
    for (const demand& one : demands_) {
        if (one.entry != nullptr && !is_static(*one.entry)) {
            out.add(image(), *one.entry);
        }
    }
    return out.take();
}

std::vector<requirement_answer> image_requirements::judge(const evidence& known) const {
    std::vector<requirement_answer> out;
    out.reserve(demands_.size());
    for (const demand& one : demands_) {
        out.push_back(answer(one, known));
    }
    return out;
}

requirement_answer image_requirements::answer(const demand& wanted, const evidence& known) const {
    requirement_answer out{wanted.policy, wanted.entry, {}, {}};
    if (wanted.entry == nullptr) {
        out.signature.standing = signature_standing::refused;
        out.signature.found = selected_by_no_entry(subject_);
        return out;
    }
    out.signature = judge_image_signature(*wanted.entry, subject_, known, aliases_);
    const bool may_move = image().digest().empty() && !is_static(*wanted.entry);
    if (may_move && wanted.entry->tags != tag_mode::allow) {
        out.by_tag = named_by_tag(subject_, out.signature.verified);
    }
    return out;
}

} // namespace gatehouse::policy
