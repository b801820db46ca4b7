#include "server/padded_buffer.h"

#include <cstring>
#include <limits>
#include <new>

namespace gatehouse::server {

void padded_buffer::reserve(std::size_t capacity) {
    if (capacity <= capacity_ && memory_ != nullptr) {
        return;
    }
    if (capacity > std::numeric_limits<std::size_t>::max() - body_padding) {
        throw std::bad_alloc();
    }
    auto* grown = static_cast<char*>(std::realloc(memory_.get(), capacity + body_padding));
    if (grown == nullptr) {
        throw std::bad_alloc();
    }
    static_cast<void>(memory_.release()); // realloc has taken it
    memory_.reset(grown);
    capacity_ = capacity;
    std::memset(grown + capacity, 0, body_padding);
}

} // namespace gatehouse::server
