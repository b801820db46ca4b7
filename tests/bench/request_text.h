#pragma once
// The bytes of one HTTP request as an API server sends it, made once, and the check of its answer.
// Each connection stamps its own copy with a number, so every request has a uid of its own and an
// answer that belongs to another request is found out.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::bench {

class request_text {
  public:
    /// `body` is an AdmissionReview; its first "uid" must be the request's. Throws
    /// std::runtime_error.
    explicit request_text(std::string_view body);

    /// Puts `number` into the uid's last twelve digits.
    void stamp(std::uint64_t number) noexcept;

    [[nodiscard]] std::string_view uid() const noexcept;
    [[nodiscard]] std::span<const char> bytes() const noexcept { return bytes_; }

  private:
    std::string bytes_;
    std::size_t uid_at_ = 0;
};

/// What an answer must be besides HTTP 200 and `"allowed":true`.
enum class expectation : std::uint8_t {
    review,   ///< carries the request's uid
    constant, ///< the same for every request, as from a server of static answers
};

/// Whether a body is the answer to the request with this uid.
[[nodiscard]] bool is_answer(
    std::string_view body,
    std::string_view uid,
    expectation what
) noexcept;

} // namespace gatehouse::bench
