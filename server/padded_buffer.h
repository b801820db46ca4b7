#pragma once
// Bytes that simdjson may read in place: an owner of raw memory that always has `body_padding`
// readable bytes behind its capacity. Nothing is zeroed and growing does not copy large blocks
// (realloc moves their pages), so a body of 32 MiB costs its size once.

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>

namespace gatehouse::server {

/// At least simdjson::SIMDJSON_PADDING; handlers/admission.cpp checks that.
inline constexpr std::size_t body_padding = 64;

class padded_buffer {
  public:
    padded_buffer() = default;
    /// Throws std::bad_alloc, as `reserve` does.
    explicit padded_buffer(std::size_t capacity) { reserve(capacity); }
    padded_buffer(padded_buffer&& other) noexcept
        : memory_(std::move(other.memory_)), capacity_(std::exchange(other.capacity_, 0)) {}
    padded_buffer& operator=(padded_buffer&& other) noexcept {
        memory_ = std::move(other.memory_);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }

    /// Keeps what is in it. Never shrinks.
    void reserve(std::size_t capacity);

    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::span<char> all() noexcept { return {memory_.get(), capacity_}; }
    [[nodiscard]] std::span<const char> all() const noexcept { return {memory_.get(), capacity_}; }

  private:
    struct release {
        void operator()(char* memory) const noexcept { std::free(memory); }
    };
    std::unique_ptr<char, release> memory_;
    std::size_t capacity_ = 0;
};

} // namespace gatehouse::server
