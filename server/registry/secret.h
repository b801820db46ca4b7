#pragma once
// A password or token that cannot get into a message by accident: it has no text form, no comparison and no
// stream operator; only reveal() reads it, so that every use is one grep.

#include <string>
#include <utility>

namespace gatehouse::server {

class secret {
  public:
    secret() = default;
    explicit secret(std::string value) : value_(std::move(value)) {}

    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
    [[nodiscard]] const std::string& reveal() const noexcept { return value_; }

  private:
    std::string value_;
};

} // namespace gatehouse::server
