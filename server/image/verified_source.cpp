#include "server/image/verified_source.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <new>
#include <string>

namespace gatehouse::server {

using policy::errc;
using policy::error;

verified_source::verified_source(byte_source& from, const image_layer& layer)
    : from_(from), layer_(layer), hash_(EVP_MD_CTX_new()) {
    const bool is_256 = layer.digest.algorithm() == policy::digest_algorithm::sha256;
    const EVP_MD* function = is_256 ? EVP_sha256() : EVP_sha512();
    if (!hash_ || EVP_DigestInit_ex(hash_.get(), function, nullptr) != 1) {
        throw std::bad_alloc(); // it has no other way to fail
    }
}

policy::result<std::size_t> verified_source::read(std::span<char> to) {
    if (is_at_end_) {
        return std::size_t{0};
    }
    const auto taken = from_.read(to);
    if (!taken) {
        failure_ = taken.error();
        return taken.error();
    }
    if (taken.value() == 0) {
        return finish();
    }
    size_ += taken.value();
    if (size_ > layer_.size) {
        return error(
            errc::malformed,
            fmt::format("is longer than the {} bytes of its descriptor", layer_.size)
        );
    }
    if (EVP_DigestUpdate(hash_.get(), to.data(), taken.value()) != 1) {
        throw std::bad_alloc();
    }
    return taken.value();
}

policy::result<std::size_t> verified_source::finish() {
    is_at_end_ = true;
    if (size_ != layer_.size) {
        return error(
            errc::malformed,
            fmt::format("is {} bytes long, not the {} of its descriptor", size_, layer_.size)
        );
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    if (EVP_DigestFinal_ex(hash_.get(), raw.data(), &size) != 1) {
        throw std::bad_alloc();
    }
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) {
        fmt::format_to(std::back_inserter(hex), "{:02x}", raw[i]);
    }
    if (hex != layer_.digest.hex()) {
        return error(errc::malformed, "is not what its digest says");
    }
    return std::size_t{0};
}

} // namespace gatehouse::server
