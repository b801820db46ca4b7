#pragma once
// Policies made ready to judge: immutable, shared between threads, indexed so that a request pays
// for the policies that match it and not for all (interface 2.1).

#include "policy/document/document.h"
#include "policy/image/aliases.h"
#include "policy/request.h"

#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::policy {

class policy_set {
  public:
    /// Folds every pattern and repository of the documents by `aliases`.
    explicit policy_set(std::vector<policy_document> documents, registry_aliases aliases = {});
    policy_set(const policy_set&) = delete;
    policy_set& operator=(const policy_set&) = delete;

    [[nodiscard]] const std::vector<policy_document>& all() const noexcept { return documents_; }

    /// To fold the images of requests by.
    [[nodiscard]] const registry_aliases& aliases() const noexcept { return aliases_; }
    /// False where no decision by these policies can need a registry.
    [[nodiscard]] bool may_want_evidence() const noexcept { return may_want_evidence_; }

    /// Every policy that matches, in policy order. `service_account` is the pod's; empty means
    /// `default`. The documents live as long as the set.
    [[nodiscard]] std::vector<const policy_document*> matching(
        const attributes& request,
        std::string_view service_account
    ) const;

  private:
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    using index =
        std::unordered_map<std::string, std::vector<std::uint32_t>, hash, std::equal_to<>>;

    void add_to_index(const std::string& glob, std::uint32_t number, bool over_accounts);
    /// Numbers of the policies that may match, ascending; matches() decides.
    [[nodiscard]] std::pmr::vector<std::uint32_t> candidates(
        std::string_view namespace_name,
        std::string_view account,
        std::pmr::memory_resource& memory
    ) const;

    std::vector<policy_document> documents_;
    registry_aliases aliases_;
    bool may_want_evidence_ = false;
    std::vector<std::uint32_t> everywhere_; ///< policies that no index can narrow
    index by_namespace_;                    ///< literal namespaces
    index by_prefix_; ///< literal beginnings of globs over "namespace/account"
    std::vector<std::size_t> prefix_lengths_; ///< that occur in by_prefix_, ascending
};

} // namespace gatehouse::policy
