#pragma once
// A content digest of the OCI image specification ("Digests"): `sha256:` and 64 hex digits or
// `sha512:` and 128, in lower case; no other algorithm. A value that cannot be malformed.

#include "policy/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::policy {

enum class digest_algorithm : std::uint8_t { sha256, sha512 };

class digest {
  public:
    /// Error: malformed.
    [[nodiscard]] static result<digest> parse(std::string_view text);
    /// Of these bytes, exactly as they are.
    [[nodiscard]] static digest of(
        std::string_view bytes,
        digest_algorithm algorithm = digest_algorithm::sha256
    );

    [[nodiscard]] digest_algorithm algorithm() const noexcept { return algorithm_; }
    /// "sha256:<64 hex digits>".
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] std::string_view hex() const noexcept;
    /// True where these bytes have this digest.
    [[nodiscard]] bool is_of(std::string_view bytes) const;

    bool operator==(const digest& other) const noexcept { return text_ == other.text_; }

  private:
    digest(digest_algorithm algorithm, std::string text)
        : algorithm_(algorithm), text_(std::move(text)) {}

    digest_algorithm algorithm_;
    std::string text_;
};

} // namespace gatehouse::policy
