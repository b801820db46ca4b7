#include "server/input_buffer.h"

#include <cstring>
#include <utility>

namespace gatehouse::server {

padded_buffer buffer_pool::take() {
    if (free_.empty()) {
        // Room to give every buffer back without allocating, which must not fail.
        free_.reserve(most_kept);
        return padded_buffer(buffer_size);
    }
    padded_buffer one = std::move(free_.back());
    free_.pop_back();
    return one;
}

void buffer_pool::give_back(padded_buffer buffer) {
    if (buffer.capacity() == buffer_size && free_.size() < most_kept) {
        free_.push_back(std::move(buffer));
    }
}

std::span<char> input_buffer::room() {
    if (storage_.capacity() == 0) {
        storage_ = pool_.take();
    }
    return storage_.all().subspan(end_);
}

void input_buffer::begin_message() noexcept {
    if (begin_ != 0) {
        std::memmove(storage_.all().data(), bytes().data(), bytes().size());
        end_ -= begin_;
        begin_ = 0;
    }
}

void input_buffer::drop_behind(std::size_t keep, std::size_t used) noexcept {
    char* const to = storage_.all().data() + keep;
    std::memmove(to, to + used, end_ - keep - used);
    end_ -= used;
}

void input_buffer::release() noexcept {
    if (storage_.capacity() != 0) {
        pool_.give_back(std::exchange(storage_, {}));
    }
    begin_ = end_ = 0;
}

} // namespace gatehouse::server
