#pragma once
// The reviews by which `gatehouse test-webhook` sees that a webhook works: what is asked, and whether an answer
// is one. What must come does not depend on any policy. Pure.

#include "policy/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

enum class trial_verdict : std::uint8_t {
    allowed,
    denied,
    of_the_policies, ///< whatever they say; it is shown
};

struct trial_review {
    std::string_view about; ///< a literal, for people: "the deletion of a pod"
    trial_verdict wanted = trial_verdict::allowed;
    std::string uid;
    std::string body; ///< an AdmissionReview
};

/// One that must be allowed, one that must be denied, and a pod as everybody starts it. Dry runs, of pods that
/// do not exist.
[[nodiscard]] std::vector<trial_review> trial_reviews();

/// What an answer says, for people, a line or more each ended; or what is wrong with it.
[[nodiscard]] policy::result<std::string> read_trial_answer(
    const trial_review& asked,
    unsigned status,
    std::string_view body
);

} // namespace gatehouse::server
