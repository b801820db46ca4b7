#pragma once
// A bounded pipe from the loop thread to one thread that reads a layer. The loop's side never blocks: it puts what
// fits and is told, by a call on the reader's thread, when there is room again; the reader's side waits. Any number
// of threads; used by layer_scan.

#include "server/image/byte_source.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace gatehouse::server {

class layer_pipe final : public byte_source {
  public:
    static constexpr std::size_t capacity = std::size_t{256} << 10;

    /// `made_room` is called on the reader's thread after a put() that did not fit, once.
    explicit layer_pipe(std::function<void()> made_room);

    /// Takes as many of the bytes as there is room for. Requires: not ended.
    [[nodiscard]] std::size_t put(std::span<const char> bytes);
    /// No more bytes come; the reader reads what is there, then the end.
    void end();
    /// The reader's next read fails (canceled), whatever is there.
    void abandon();

    /// The reader's side.
    [[nodiscard]] policy::result<std::size_t> read(std::span<char> to) override;

  private:
    std::mutex guard_;
    std::condition_variable wake_;
    std::function<void()> made_room_;
    std::vector<char> ring_; ///< capacity bytes
    std::size_t begin_ = 0;
    std::size_t size_ = 0;
    bool is_ended_ = false;
    bool is_abandoned_ = false;
    bool is_short_of_room_ = false;
};

} // namespace gatehouse::server
