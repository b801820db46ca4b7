#pragma once
// What policies demand of the signatures of one image, apart from any pod: for `gatehouse verify --policy`.
// Only `signatures` and `unsignedImages` are looked at; whom a policy matches, what it does about a finding
// and what it exempts makes no difference here. Two steps, as in decide.h. Pure; the policies must outlive
// it.

#include "policy/policy_set.h"
#include "policy/rules/rules.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// What one requirement says of the image: an entry that selects it, or `unsignedImages` of a policy none of
/// whose entries does.
struct requirement_answer {
    const policy_document* policy = nullptr;
    const signature_entry* entry = nullptr; ///< null: `unsignedImages`, other than Allow
    signature_result signature;
    /// That the image is named by tag only, where the entry does not allow it.
    std::optional<finding> by_tag;

    /// What the policy only warns of is no hindrance.
    [[nodiscard]] bool is_satisfied() const noexcept;
};

class image_requirements {
  public:
    /// `image` is folded by the aliases of `policies`; `request_namespace` is what `$(namespace)` stands for.
    image_requirements(
        reference image,
        std::string_view request_namespace,
        const policy_set& policies
    );

    [[nodiscard]] const reference& image() const noexcept { return subject_.parsed.value(); }
    [[nodiscard]] std::vector<image_want> wants() const;
    /// In the order of the policies; none where nothing is asked of the image. Points into `known`.
    [[nodiscard]] std::vector<requirement_answer> judge(const evidence& known) const;

  private:
    struct demand {
        const policy_document* policy = nullptr;
        const signature_entry* entry = nullptr;
    };

    [[nodiscard]] requirement_answer answer(const demand& wanted, const evidence& known) const;

    judged_image subject_;
    const registry_aliases& aliases_;
    std::vector<demand> demands_;
};

} // namespace gatehouse::policy
