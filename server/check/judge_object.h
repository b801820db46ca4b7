#pragma once
// Judges one object of a manifest by the webhook's own decoder and core: a bare object is put into
// the AdmissionReview of its creation, so that `check` and `serve` cannot differ. Pure but for the
// parser it keeps; one judge belongs to one thread.

#include "policy/policy_set.h"
#include "server/check/report.h"
#include "server/manifest.h"

#include <simdjson.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace gatehouse::server {

/// Who creates the objects, where, and how templates are judged.
struct check_settings {
    std::string namespace_name = "default"; ///< where an object names none
    std::string user;
    std::vector<std::string> groups;
    bool as_admission = false; ///< templates get the webhook's answer, not that of their pods
};

/// An object without a pod.
struct skipped_object {
    std::string kind;
};

using judged_object = std::variant<checked_object, skipped_object, check_error>;

class object_judge {
  public:
    /// The policies must outlive the judge.
    object_judge(
        const policy::policy_set& policies,
        check_settings settings,
        std::chrono::sys_seconds now
    );

    /// Pods and workloads get a verdict on their creation, an AdmissionReview the webhook's; a review
    /// that the webhook would refuse to read is an error.
    [[nodiscard]] judged_object judge(const std::string& source, const manifest_object& object);

  private:
    judged_object judge_review(const std::string& source, const manifest_object& object);

    const policy::policy_set& policies_;
    check_settings settings_;
    std::chrono::sys_seconds now_;
    simdjson::dom::parser parser_;
};

} // namespace gatehouse::server
