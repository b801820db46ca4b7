#pragma once
// The judging of one request by all its policies, in two steps: first whatever needs no network, which
// also says what evidence the rest needs; then the rest, with that evidence. Used by decide.cpp only. One
// owner; the request, its pods and the policies must outlive it.

#include "policy/combine.h"
#include "policy/document/document.h"
#include "policy/policy_set.h"
#include "policy/request.h"
#include "policy/rules/open_user.h"
#include "policy/rules/rules.h"
#include "policy/verdict.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::policy {

/// How workload templates are judged: as the webhook does (interface 2.5), or as the pods that they
/// will make (`gatehouse check`).
enum class template_judgement : std::uint8_t { as_admission, as_pods };

class judgement {
  public:
    judgement(
        const request& subject,
        rule_subject parts,
        template_judgement templates,
        std::chrono::sys_days today
    );

    /// Judges by the rules that need no network.
    void judge_offline(const std::vector<const policy_document*>& policies);

    /// What must be known of images that nothing denies so far. Requires: judge_offline() was called.
    [[nodiscard]] std::vector<image_want> wants();

    /// Whether a container's or volume's image is denied so far: it is worth no question.
    [[nodiscard]] bool denies_image(const element& where) const noexcept {
        return combination_.denies_image(where);
    }

    /// Files what the evidence says, or, where it is null, what must stay unchecked, and decides.
    void finish(const evidence* known, verdict& out);

  private:
    /// One image that one entry is to judge; without an entry, one that `unsignedImages` forbids.
    struct demand {
        const policy_document* policy = nullptr;
        const signature_entry* entry = nullptr;
        std::size_t image = 0; ///< in subject_.images
        bool needs_evidence = false;
    };

    /// One container whose user the image of it decides.
    struct user_demand {
        const policy_document* policy = nullptr;
        std::size_t container = 0; ///< in subject_.containers, and so its image in subject_.images
        open_rules rules;
        bool needs_evidence = false;
    };

    void judge_images(const policy_document& policy);
    void judge_run_as(const policy_document& policy);
    void demand_signatures(const policy_document& policy);
    void demand_users(const policy_document& policy);

    void judge_signature(const demand& wanted, const evidence& known);
    void judge_user(const user_demand& wanted, const evidence& known);
    void judge_unselected(const demand& wanted);
    void judge_tag(const demand& wanted, const digest* verified);

    [[nodiscard]] actions effects(const policy_document& policy, const std::optional<actions>& own)
        const;
    /// True where an exemption of the policy lifts it, which is noted.
    bool is_lifted(const policy_document& policy, const finding& found);
    void file(const policy_document& policy, const actions& effects, const finding& found);
    void take(const policy_document& policy, const actions& effects, const findings& found);
    /// Softens what may pass because the registry is out, which is noted (interface 2.6).
    void excuse_outage(
        const policy_document& policy,
        const judged_image& image,
        const fetch_failure* failure,
        actions& effects
    );
    void note_unverified(unverified_use use);

    const request* request_;
    rule_subject subject_;
    template_judgement templates_;
    std::chrono::sys_days today_;
    combination combination_;
    std::vector<demand> demands_;
    std::vector<user_demand> user_demands_;
    std::vector<exemption_use> exemptions_;
    std::vector<unverified_use> unverified_;
    std::vector<std::string> further_warnings_;
};

} // namespace gatehouse::policy
