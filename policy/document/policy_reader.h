#pragma once
// Documents to policies, one after the other, with names compared across all of them. For parse.cpp
// and validate.cpp only.

#include "policy/document/diagnostics.h"
#include "policy/document/document.h"
#include "policy/document/section.h"
#include "policy/yaml/tree.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace gatehouse::policy {

class policy_reader {
  public:
    /// Reports everything that is wrong with the document.
    void read(const yaml_document& document, diagnostics& to);
    [[nodiscard]] std::vector<policy_document> take() && { return std::move(policies_); }

  private:
    struct place {
        std::string source;
        position at;
    };

    void check_name(const section& root, const std::string& name, const diagnostics& to);

    std::vector<policy_document> policies_;
    std::map<std::string, place> names_;
    std::size_t count_ = 0;
};

} // namespace gatehouse::policy
