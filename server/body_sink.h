#pragma once
// Who takes the body of an HTTP answer as it arrives, for bodies too large to be held whole: the HTTP client
// writes, layer_scan reads an image layer this way, object_watch events of the API server. Loop thread only.

#include "server/net.h"

#include <span>

namespace gatehouse::server {

class body_sink {
  public:
    body_sink() = default;
    body_sink(const body_sink&) = delete;
    body_sink& operator=(const body_sink&) = delete;
    virtual ~body_sink() = default;

    /// Takes all of `bytes`, and waits until there is room for more. False: nobody wants the rest, the
    /// transfer is to be stopped. One call at a time; cancelling the awaiting coroutine ends the wait.
    [[nodiscard]] virtual awaitable<bool> write(std::span<const char> bytes) = 0;
    /// True: bytes are wanted as soon as they arrive, for streams in which each piece counts; else in
    /// blocks as large as possible.
    [[nodiscard]] virtual bool is_live() const noexcept { return false; }
};

} // namespace gatehouse::server
