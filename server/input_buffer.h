#pragma once
// What a connection has received and not used yet, in one piece of memory that TLS writes and HTTP
// and simdjson read in place. The memory comes from a pool and goes back whenever nothing is in it,
// so an idle connection holds none. Loop thread only.

#include "server/padded_buffer.h"

#include <cstddef>
#include <span>
#include <vector>

namespace gatehouse::server {

/// Buffers of one size, kept for the next connection that has something to read.
class buffer_pool {
  public:
    static constexpr std::size_t buffer_size = 16 * 1024;
    static constexpr std::size_t most_kept = 64; // 1 MiB

    [[nodiscard]] padded_buffer take();
    /// Others than those of the pool's size are freed.
    void give_back(padded_buffer buffer);
    [[nodiscard]] std::size_t kept() const noexcept { return free_.size(); }

  private:
    std::vector<padded_buffer> free_;
};

class input_buffer {
  public:
    /// `pool` outlives this.
    explicit input_buffer(buffer_pool& pool) : pool_(pool) {}
    input_buffer(const input_buffer&) = delete;
    input_buffer& operator=(const input_buffer&) = delete;
    ~input_buffer() { release(); }

    /// The unused bytes. Views end at the next call of begin_message, grow, discard_tail or
    /// release.
    [[nodiscard]] std::span<const char> bytes() const noexcept {
        return storage_.all().subspan(begin_, end_ - begin_);
    }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    /// Room behind the bytes; takes memory from the pool if there is none.
    [[nodiscard]] std::span<char> room();
    /// How long the bytes of a message can become before `grow` is needed.
    [[nodiscard]] std::size_t capacity() const noexcept { return storage_.capacity(); }

    void commit(std::size_t received) noexcept { end_ += received; }
    void consume(std::size_t used) noexcept { begin_ += used; }
    /// Moves the bytes to the front, so that one message has the whole room.
    void begin_message() noexcept;
    /// Keeps the first `keep` bytes, drops the next `used`, moves the rest up. Requires:
    /// begin_message was called and nothing consumed since.
    void drop_behind(std::size_t keep, std::size_t used) noexcept;
    void grow(std::size_t capacity) { storage_.reserve(capacity); }
    /// Gives the memory back and forgets the bytes.
    void release() noexcept;

  private:
    buffer_pool& pool_;
    padded_buffer storage_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace gatehouse::server
