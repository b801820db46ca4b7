#pragma once
// Reports for the tests of server/verify: an image judged by policies with what is known of it, all of it
// kept alive together.

#include "server/verify/report.h"
#include "tests/support/signature_policies.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::testing_support {

inline const std::string tagged_image = "reg.example/app:1";
inline const std::string pinned_image = "reg.example/app@" + digest_text('a');

class judged_report {
  public:
    judged_report(
        std::vector<policy::policy_document> policies,
        const std::string& image,
        policy::evidence known
    )
        : policies_(std::move(policies)), known_(std::move(known)) {
        const policy::reference parsed = policy::reference::parse(image).value();
        const policy::image_requirements asked(parsed, "default", policies_);
        value.image = parsed.text();
        value.answers = asked.judge(known_);
        if (const policy::image_evidence* had = known_.of(value.image)) {
            value.digest = std::get_if<policy::digest>(&had->resolved);
        }
    }
    judged_report(const judged_report&) = delete;
    judged_report& operator=(const judged_report&) = delete;

    server::image_report value;

  private:
    policy::policy_set policies_;
    policy::evidence known_;
};

inline std::vector<policy::policy_document> only(policy::signature_entry entry) {
    std::vector<policy::policy_document> out;
    out.push_back(policy_of({std::move(entry)}));
    return out;
}

/// Signed by these keys; other signatures lie there as well.
inline policy::evidence known_of(
    const std::string& image,
    std::vector<policy::verified_signature> verified,
    std::size_t others = 0
) {
    policy::evidence out;
    out.images.push_back(evidence_of(image, 'a', std::move(verified)));
    facts_in(out.images.back()).candidates += others;
    return out;
}

inline policy::evidence failed_with(
    const std::string& image,
    policy::failure_cause cause,
    const std::string& detail
) {
    policy::evidence out;
    out.images.push_back({image, policy::fetch_failure{cause, detail, false}, {}, {}, {}});
    return out;
}

} // namespace gatehouse::testing_support
