#pragma once
// What Pod Security Admission would do by the labels of the Namespaces among the inputs of
// `gatehouse check --namespace-labels`, as policies to judge by. Pure; one collector belongs to one
// thread.

#include "policy/checks/labels.h"
#include "policy/document/document.h"
#include "server/check/report.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

class label_collector {
  public:
    /// What the policies are called in reports.
    static constexpr std::string_view policy_name = "pod-security.kubernetes.io";

    /// Takes the Namespaces of one manifest; of two with one name the later holds, as when they are
    /// applied. What cannot be read in it is not told here: judging it tells.
    void add(const std::string& source, std::string_view manifest_text);

    [[nodiscard]] bool found_any() const noexcept {
        return !namespaces_.empty() || !errors_.empty();
    }

    /// All of them are named `policy_name`. Namespaces without labels give none.
    [[nodiscard]] std::vector<policy::policy_document> policies() const;

    /// Labels for which the API server would refuse the Namespace. They are judged as the admission
    /// plugin does where they are there all the same.
    [[nodiscard]] const std::vector<check_error>& errors() const noexcept { return errors_; }

  private:
    std::map<std::string, policy::namespace_levels> namespaces_;
    std::vector<check_error> errors_;
};

} // namespace gatehouse::server
