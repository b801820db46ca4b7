#include "policy/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <iterator>
#include <new>

namespace gatehouse::policy {

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw std::bad_alloc(); // it has no other way to fail
    }
    std::string out;
    for (unsigned int i = 0; i < size; ++i) {
        fmt::format_to(std::back_inserter(out), "{:02x}", digest[i]);
    }
    return out;
}

} // namespace gatehouse::policy
