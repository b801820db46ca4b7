#pragma once
// Gathers the findings of all policies into the violations of one verdict (interface 2.1, 4.1):
// every action is its own violation, the same finding of several policies is one violation that
// names them all, and the order is by rule, then by place in the pod, then by policy.

#include "policy/finding.h"
#include "policy/verdict.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

class combination {
  public:
    /// `path` stands before every field: "" for a pod, "spec.template." for a template.
    explicit combination(std::string_view path) : path_(path) {}

    /// Adds a finding under one action. Beyond a bound that no real pod reaches, further ones of
    /// the same action are dropped: the decision stands already, and memory must stay bounded.
    void add(std::string_view policy, action what, const finding& found);

    /// True where an image rule found something there for which the request is denied.
    [[nodiscard]] bool denies_image(const element& where) const noexcept;

    [[nodiscard]] std::vector<violation> take();

  private:
    static constexpr std::size_t most_of_an_action = 2000;

    std::string_view path_;
    std::array<std::size_t, 3> counts_{};
    std::vector<violation> violations_;
};

} // namespace gatehouse::policy
