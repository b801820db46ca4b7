#pragma once
// Collects what is wrong with one file, in the order of the file.

#include "policy/document/parse.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

class diagnostics {
  public:
    explicit diagnostics(std::string source) : source_(std::move(source)) {}

    void error(position at, std::string_view field, std::string message);
    void warning(position at, std::string_view field, std::string message);

    [[nodiscard]] const std::string& source() const noexcept { return source_; }
    /// Further errors would only be counted.
    [[nodiscard]] bool is_full() const noexcept;
    [[nodiscard]] const std::vector<diagnostic>& errors() const noexcept { return errors_; }

    /// Appends everything to these, by position. Of more than a thousand errors the rest is
    /// one line: a file of some megabytes could hold a million.
    void move_into(std::vector<diagnostic>& errors, std::vector<diagnostic>& warnings);

  private:
    std::string source_;
    std::vector<diagnostic> errors_;
    std::vector<diagnostic> warnings_;
    bool has_more_ = false;
};

} // namespace gatehouse::policy
