#include "server/image/layer_pipe.h"

#include <algorithm>
#include <utility>

namespace gatehouse::server {

layer_pipe::layer_pipe(std::function<void()> made_room)
    : made_room_(std::move(made_room)), ring_(capacity) {}

std::size_t layer_pipe::put(std::span<const char> bytes) {
    std::size_t taken = 0;
    {
        const std::lock_guard lock(guard_);
        taken = std::min(bytes.size(), capacity - size_);
        const std::size_t at = (begin_ + size_) % capacity;
        const std::size_t first = std::min(taken, capacity - at);
        std::copy_n(bytes.begin(), first, ring_.data() + at);
        std::copy_n(
            bytes.begin() + static_cast<std::ptrdiff_t>(first), taken - first, ring_.data()
        );
        size_ += taken;
        is_short_of_room_ = taken < bytes.size();
    }
    wake_.notify_one();
    return taken;
}

void layer_pipe::end() {
    {
        const std::lock_guard lock(guard_);
        is_ended_ = true;
    }
    wake_.notify_one();
}

void layer_pipe::abandon() {
    {
        const std::lock_guard lock(guard_);
        is_abandoned_ = true;
    }
    wake_.notify_one();
}

policy::result<std::size_t> layer_pipe::read(std::span<char> to) {
    std::size_t taken = 0;
    bool has_made_room = false;
    {
        std::unique_lock lock(guard_);
        wake_.wait(lock, [this] { return size_ > 0 || is_ended_ || is_abandoned_; });
        if (is_abandoned_) {
            return policy::error(policy::errc::canceled, "the layer was not read to its end");
        }
        taken = std::min(to.size(), size_);
        const std::size_t first = std::min(taken, capacity - begin_);
        std::copy_n(ring_.data() + begin_, first, to.begin());
        std::copy_n(ring_.data(), taken - first, to.begin() + static_cast<std::ptrdiff_t>(first));
        begin_ = (begin_ + taken) % capacity;
        size_ -= taken;
        // Not for every few bytes: half a pipe of room is worth waking the loop.
        if (is_short_of_room_ && size_ <= capacity / 2) {
            is_short_of_room_ = false;
            has_made_room = true;
        }
    }
    if (has_made_room) {
        made_room_();
    }
    return taken;
}

} // namespace gatehouse::server
