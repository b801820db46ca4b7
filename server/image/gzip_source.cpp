#include "server/image/gzip_source.h"

#include <algorithm>
#include <limits>
#include <new>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

constexpr std::size_t input_size = std::size_t{64} << 10;
constexpr int gzip_only = 16 + MAX_WBITS;

} // namespace

gzip_source::gzip_source(byte_source& from) : from_(from), input_(input_size) {
    if (inflateInit2(&stream_, gzip_only) != Z_OK) {
        throw std::bad_alloc(); // the version is checked when the program is built
    }
}

gzip_source::~gzip_source() { inflateEnd(&stream_); }

/// More input behind what is left of it. False at the end.
policy::result<bool> gzip_source::fill() {
    auto* const begin = reinterpret_cast<Bytef*>(input_.data());
    std::copy_n(stream_.next_in, stream_.avail_in, begin);
    stream_.next_in = begin;
    GATEHOUSE_TRY(const std::size_t size, from_.read(std::span(input_).subspan(stream_.avail_in)));
    stream_.avail_in += static_cast<uInt>(size);
    return size > 0;
}

/// False at the end of the data.
policy::result<bool> gzip_source::begin_member() {
    while (stream_.avail_in < 2) {
        GATEHOUSE_TRY(const bool has_more, fill());
        if (!has_more) {
            break;
        }
    }
    if (stream_.avail_in == 0 && had_member_) {
        return false;
    }
    if (stream_.avail_in < 2 || stream_.next_in[0] != 0x1f || stream_.next_in[1] != 0x8b) {
        return error(
            errc::malformed,
            had_member_ ? "has something behind its gzip data"
                        : "is not gzip, as its media type says"
        );
    }
    if (inflateReset(&stream_) != Z_OK) {
        return error(errc::internal, "cannot be decompressed");
    }
    is_in_member_ = true;
    had_member_ = true;
    return true;
}

policy::result<std::size_t> gzip_source::read(std::span<char> to) {
    stream_.next_out = reinterpret_cast<Bytef*>(to.data());
    const auto room =
        static_cast<uInt>(std::min<std::size_t>(to.size(), std::numeric_limits<uInt>::max()));
    stream_.avail_out = room;
    while (stream_.avail_out == room) {
        if (!is_in_member_) {
            GATEHOUSE_TRY(const bool has_member, begin_member());
            if (!has_member) {
                return std::size_t{0};
            }
        }
        if (stream_.avail_in == 0) {
            GATEHOUSE_TRY(const bool has_more, fill());
            if (!has_more) {
                return error(errc::malformed, "ends in the middle of its gzip data");
            }
        }
        const int status = inflate(&stream_, Z_NO_FLUSH);
        if (status == Z_STREAM_END) {
            is_in_member_ = false;
        } else if (status == Z_MEM_ERROR) {
            throw std::bad_alloc();
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            return error(errc::malformed, "has damaged gzip data");
        }
    }
    return std::size_t{room - stream_.avail_out};
}

} // namespace gatehouse::server
