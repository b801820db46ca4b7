#include "server/image/zstd_source.h"

#include <zstd_errors.h>

#include <algorithm>
#include <new>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

constexpr std::size_t storage_size = std::size_t{64} << 10;
constexpr std::size_t magic_size = 4;

bool is_frame(const char* bytes) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const bool is_data = at(0) == 0x28 && at(1) == 0xb5 && at(2) == 0x2f && at(3) == 0xfd;
    const bool is_skippable =
        (at(0) & 0xf0) == 0x50 && at(1) == 0x2a && at(2) == 0x4d && at(3) == 0x18;
    return is_data || is_skippable;
}

} // namespace

zstd_source::zstd_source(byte_source& from)
    : from_(from), storage_(storage_size), context_(ZSTD_createDCtx()) {
    if (!context_
        || ZSTD_isError(
               ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, most_window_bits)
           ) != 0) {
        throw std::bad_alloc();
    }
    input_.src = storage_.data();
}

/// More input behind what is left of it. False at the end.
policy::result<bool> zstd_source::fill() {
    const std::size_t left = input_.size - input_.pos;
    std::copy_n(storage_.data() + input_.pos, left, storage_.data());
    input_.pos = 0;
    input_.size = left;
    GATEHOUSE_TRY(const std::size_t size, from_.read(std::span(storage_).subspan(left)));
    input_.size += size;
    return size > 0;
}

policy::result<void> zstd_source::check_magic() {
    while (input_.size < magic_size) {
        GATEHOUSE_TRY(const bool has_more, fill());
        if (!has_more) {
            break;
        }
    }
    if (input_.size < magic_size || !is_frame(storage_.data())) {
        return error(errc::malformed, "is not zstd, as its media type says");
    }
    has_begun_ = true;
    return policy::success();
}

policy::result<std::size_t> zstd_source::read(std::span<char> to) {
    if (!has_begun_) {
        GATEHOUSE_TRY(check_magic());
    }
    ZSTD_outBuffer output{to.data(), to.size(), 0};
    bool is_at_end = false;
    while (output.pos == 0) {
        // What a full output left behind comes without more input.
        if (input_.pos == input_.size && !is_at_end) {
            GATEHOUSE_TRY(const bool has_more, fill());
            is_at_end = !has_more;
        }
        if (is_at_end && !is_in_frame_) {
            return std::size_t{0};
        }
        const std::size_t before = input_.pos;
        const std::size_t hint = ZSTD_decompressStream(context_.get(), &output, &input_);
        if (ZSTD_isError(hint) != 0) {
            switch (ZSTD_getErrorCode(hint)) {
            case ZSTD_error_memory_allocation:
                throw std::bad_alloc();
            case ZSTD_error_frameParameter_windowTooLarge:
                return error(errc::too_large, "needs more than 32 MiB to be decompressed");
            default:
                return error(errc::malformed, "has damaged zstd data");
            }
        }
        is_in_frame_ = hint != 0;
        if (is_at_end && is_in_frame_ && output.pos == 0 && input_.pos == before) {
            return error(errc::malformed, "ends in the middle of its zstd data");
        }
    }
    return output.pos;
}

} // namespace gatehouse::server
