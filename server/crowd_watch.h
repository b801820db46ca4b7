#pragma once
// Notices that most of many connections have gone for good, which is when their memory can be given
// back: it lies in the heap between blocks that live, so freeing it alone gives back nothing. The
// ticker of a listener asks once a tick. Pure bookkeeping; loop thread only.

#include <cstddef>

namespace gatehouse::server {

class crowd_watch {
  public:
    /// Fewer connections than this leave nothing that would be worth a pause.
    static constexpr std::size_t smallest_crowd = 64;
    /// Ticks for which at most half must be left: connections that are only replaced are no end of
    /// a crowd.
    static constexpr unsigned patience = 10;

    /// True once for every crowd that has gone: to be told of every tick's number of connections.
    [[nodiscard]] bool has_ended(std::size_t connections) noexcept;

    /// A crowd may be ending: more ticks are wanted even when nobody is connected.
    [[nodiscard]] bool is_waiting() const noexcept { return quiet_ticks_ != 0; }

  private:
    std::size_t most_ = 0; ///< since a crowd ended last
    unsigned quiet_ticks_ = 0;
};

} // namespace gatehouse::server
