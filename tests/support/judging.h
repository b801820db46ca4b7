#pragma once
// From a policy's YAML and a pod's JSON to what the core says of it, in the words a user would read.
// For tests of rules, matching, exemptions and combination.

#include "policy/decide.h"
#include "policy/pod/decode.h"

#include <simdjson.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

/// Policies from YAML text; a text with errors fails the test and gives an empty set.
[[nodiscard]] std::unique_ptr<policy::policy_set> policies_of(std::string_view yaml);

/// One policy named `p` with this spec, given as the lines below `spec:` in flow or block form.
[[nodiscard]] std::unique_ptr<policy::policy_set> policy_with(std::string_view spec);

/// A request about a pod or template given as JSON; owns everything it points to.
class judged_request {
  public:
    /// The JSON of `{metadata, spec}`; of a spec alone where it has no "spec" key.
    explicit judged_request(std::string_view object);
    void set_old(std::string_view object);

    policy::request& operator*() { return request_; }
    policy::request* operator->() { return &request_; }

    [[nodiscard]] policy::verdict verdict(
        const policy::policy_set& policies,
        std::chrono::sys_days today = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1}
    );
    /// `Deny spec.containers[0].image: container "app" ... [p/rule]`, a line each.
    [[nodiscard]] std::vector<std::string> lines(const policy::policy_set& policies);

  private:
    const policy::pod* decode(std::string_view object);

    policy::arena memory_;
    policy::request request_;
};

[[nodiscard]] std::vector<std::string> lines_of(const policy::verdict& verdict);

} // namespace gatehouse::testing_support
