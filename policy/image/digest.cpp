#include "policy/image/digest.h"

#include "policy/text.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <new>

namespace gatehouse::policy {
namespace {

constexpr std::size_t prefix_size = 7; // "sha256:" and "sha512:" alike

std::size_t hex_size(digest_algorithm algorithm) {
    return algorithm == digest_algorithm::sha256 ? 64 : 128;
}

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

} // namespace

result<digest> digest::parse(std::string_view text) {
    const bool is_256 = text.starts_with("sha256:");
    if (!is_256 && !text.starts_with("sha512:")) {
        return error(errc::malformed, quoted(text) + " is not a sha256 or sha512 digest");
    }
    const auto algorithm = is_256 ? digest_algorithm::sha256 : digest_algorithm::sha512;
    const std::string_view hex = text.substr(prefix_size);
    if (hex.size() != hex_size(algorithm) || !std::ranges::all_of(hex, is_lower_hex)) {
        return error(
            errc::malformed,
            fmt::format("{} must have {} lower-case hex digits", quoted(text), hex_size(algorithm))
        );
    }
    return digest(algorithm, std::string(text));
}

digest digest::of(std::string_view bytes, digest_algorithm algorithm) {
    const bool is_256 = algorithm == digest_algorithm::sha256;
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    const EVP_MD* function = is_256 ? EVP_sha256() : EVP_sha512();
    if (EVP_Digest(bytes.data(), bytes.size(), raw.data(), &size, function, nullptr) != 1) {
        throw std::bad_alloc(); // it has no other way to fail
    }
    std::string text = is_256 ? "sha256:" : "sha512:";
    for (unsigned int i = 0; i < size; ++i) {
        fmt::format_to(std::back_inserter(text), "{:02x}", raw[i]);
    }
    return {algorithm, std::move(text)};
}

std::string_view digest::hex() const noexcept {
    return std::string_view(text_).substr(prefix_size);
}

bool digest::is_of(std::string_view bytes) const { return of(bytes, algorithm_) == *this; }

} // namespace gatehouse::policy
