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
    secret(const secret&) = default;
    secret(secret&&) noexcept = default;
    secret& operator=(const secret&) = default;
    secret& operator=(secret&&) noexcept = default;
    ~secret() { wipe(); }

    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
    [[nodiscard]] const std::string& reveal() const noexcept { return value_; }

  private:
    /// Memory that is freed keeps what it held: a core dump or a stray read must not find it there.
    void wipe() noexcept {
        volatile char* at = value_.data();
        for (std::size_t i = 0; i < value_.size(); ++i) {
            at[i] = 0;
        }
    }

    std::string value_;
};

} // namespace gatehouse::server
