#pragma once
// Where a pod leaves open as whom its containers run, `imageUser: Resolve` has these rules ask the image:
// run-as-user, run-as-group, supplemental-groups and image-user. Which of them need it for a container is
// known without a network; they are judged when the image's user is. Used by judgement.cpp, and by the
// rules themselves, which leave to this what is open. Pure.

#include "policy/document/document.h"
#include "policy/evidence.h"
#include "policy/rules/rules.h"
#include "policy/rules/subject.h"
#include "policy/user/identity.h"
#include "policy/user/image_user.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// The rules that need the image of one container.
struct open_rules {
    bool run_as_user = false;
    bool run_as_group = false;
    bool supplemental_groups = false;
    bool image_user = false;

    [[nodiscard]] bool any() const noexcept {
        return run_as_user || run_as_group || supplemental_groups || image_user;
    }
};

[[nodiscard]] open_rules open_rules_of(
    const run_as_section& run_as,
    const pod& subject,
    const container& c
);

/// By id, in message order.
[[nodiscard]] std::vector<rule_id> ids_of(const open_rules& rules);

/// What they need to know of the image.
[[nodiscard]] user_want want_of(const open_rules& rules, const pod& subject);

/// A container with its image on one platform, as an open rule sees it.
struct open_case {
    const run_as_section& run_as;
    const pod& subject;
    const container& c;
    std::string_view user_text;     ///< USER as written
    std::optional<image_user> user; ///< nothing where it is not known
    identity who;                   ///< each part known, or why not
};

/// What such a rule objects to: `what`, and behind a semicolon `remedy`.
struct objection {
    std::string what;
    std::string remedy;
    const fetch_failure* failure = nullptr; ///< that it rests on
};

// Each beside its rule. Requires: the rule is open.
[[nodiscard]] std::optional<objection> judge_open_user(const open_case& open);
[[nodiscard]] std::optional<objection> judge_open_group(const open_case& open);
[[nodiscard]] std::optional<objection> judge_open_groups(const open_case& open);
[[nodiscard]] std::optional<objection> judge_image_user(const open_case& open);

/// A finding, and the fact that could not be had where it rests on that.
struct open_finding {
    policy::finding found;
    const fetch_failure* failure = nullptr;
};

/// Judges a container by its open rules on every platform that its pod may run on. `image` is the
/// container's, parsed or not. Points into `known`.
[[nodiscard]] std::vector<open_finding> judge_open_rules(
    const run_as_section& run_as,
    const open_rules& rules,
    const rule_subject& subject,
    const judged_container& judged,
    const result<reference>& image,
    const evidence& known
);

/// `USER "app"` of an image as part of a sentence: "the image's USER is "app"", "the image sets no USER".
[[nodiscard]] std::string user_clause(const open_case& open);

/// The image's user in a sentence: "root", "1001", "app". Requires: it is known.
[[nodiscard]] std::string user_word(const open_case& open);

} // namespace gatehouse::policy
