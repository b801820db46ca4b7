#pragma once
// Judges one object of a manifest by the webhook's own decoder and core: a bare object is put into
// the AdmissionReview of its creation, so that `check` and `serve` cannot differ. Pure but for the
// parser it keeps; one judge belongs to one thread.

#include "policy/decide.h"
#include "policy/evidence.h"
#include "policy/policy_set.h"
#include "server/check/report.h"
#include "server/manifest.h"

#include <simdjson.h>

#include <chrono>
#include <functional>
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

    /// What judge() would have to know of images, to judge and to say whom containers run as; nothing where it
    /// would not get that far.
    [[nodiscard]] std::vector<policy::image_want> wants(const manifest_object& object);

    /// From now on judges by it, which outlives the judge: what is wanted and missing in it could not be had.
    /// Without, what needs evidence is not checked.
    void use(const policy::evidence& known) noexcept { known_ = &known; }

  private:
    using ending = std::function<void(checked_object&, const policy::request&, policy::plan)>;

    judged_object begin(
        const std::string& source,
        const manifest_object& object,
        const ending& end
    );
    judged_object begin_review(
        const std::string& source,
        const manifest_object& object,
        const ending& end
    );

    const policy::policy_set& policies_;
    check_settings settings_;
    std::chrono::sys_seconds now_;
    const policy::evidence* known_ = nullptr;
    simdjson::dom::parser parser_;
};

} // namespace gatehouse::server
