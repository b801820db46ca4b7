#include "policy/document/excerpt.h"

#include "policy/image/grammar.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace gatehouse::policy {
namespace {

/// A line of PEM has 64; the last one fewer, of which a shorter rest is no key.
constexpr std::size_t shortest_key = 32;

enum class letter : std::uint8_t { none, lower, upper, digit, sign };

letter letter_of(char c) {
    if (c >= 'a' && c <= 'z') {
        return letter::lower;
    }
    if (is_upper(c)) {
        return letter::upper;
    }
    if (is_digit(c)) {
        return letter::digit;
    }
    return c == '+' || c == '/' || c == '=' ? letter::sign : letter::none;
}

/// Whether a run of base64's characters is one of random bytes. Those change between upper case, lower
/// case and digits at two of three characters; words and paths do at one of four or have no digit, and
/// digests have one case only. Slashes count for nothing, as paths are full of them.
class base64_run {
  public:
    void add(letter one) {
        ++length_;
        if (one == letter::sign) {
            return;
        }
        changes_ += last_ != letter::none && one != last_ ? 1U : 0U;
        has_lower_ = has_lower_ || one == letter::lower;
        has_upper_ = has_upper_ || one == letter::upper;
        has_digit_ = has_digit_ || one == letter::digit;
        last_ = one;
    }
    [[nodiscard]] bool may_be_key() const {
        const std::size_t often = has_digit_ ? 4 : 3;
        return length_ >= shortest_key && has_lower_ && has_upper_ && changes_ * often >= length_;
    }

  private:
    std::size_t length_ = 0;
    std::size_t changes_ = 0;
    bool has_lower_ = false;
    bool has_upper_ = false;
    bool has_digit_ = false;
    letter last_ = letter::none;
};

bool may_hold_key(std::string_view text) {
    base64_run run;
    for (const char c : text) {
        const letter one = letter_of(c);
        if (one != letter::none) {
            run.add(one);
            continue;
        }
        if (run.may_be_key()) {
            return true;
        }
        run = {};
    }
    return run.may_be_key();
}

bool is_docker_config(std::string_view text) {
    return text.find("\"auth") != std::string_view::npos
           || text.find("\"password\"") != std::string_view::npos;
}

bool is_url_with_credentials(std::string_view text) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) {
        return false;
    }
    // A password may hold whatever its writer did not escape, a slash for one.
    const std::string_view rest = text.substr(scheme + 3);
    const std::size_t at = rest.rfind('@');
    const std::string_view behind = at == std::string_view::npos ? rest : rest.substr(at + 1);
    const bool is_digest = behind.starts_with("sha256:") || behind.starts_with("sha512:");
    return at != std::string_view::npos && (!is_digest || rest.find('@') != at);
}

} // namespace

std::string secret_word(std::string_view text) {
    if (text.find("-----BEGIN") != std::string_view::npos) {
        return "a PEM block";
    }
    if (is_docker_config(text)) {
        return "what may be a docker config (not shown)";
    }
    if (is_url_with_credentials(text)) {
        return "a URL with credentials (not shown)";
    }
    if (may_hold_key(text)) {
        return fmt::format("{} characters that may be a key (not shown)", text.size());
    }
    return {};
}

std::string excerpt_of(std::string_view text, std::size_t limit) {
    std::string word = secret_word(text);
    return word.empty() ? quoted(text, limit) : word;
}

} // namespace gatehouse::policy
