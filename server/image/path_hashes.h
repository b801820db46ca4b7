#pragma once
// A set of paths of which only hashes are kept, 8 bytes each: links and directories of a layer, of which there may be
// hundreds of thousands. Two paths that collide are taken for one; whoever makes them do so gets his layer refused,
// nothing else. Used by layer_tracker. Pure.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gatehouse::server {

class path_hashes {
  public:
    explicit path_hashes(std::size_t most) : most_(most) {}

    /// False where there are already as many as there may be.
    [[nodiscard]] bool add(std::string_view path);
    /// The path and every directory above it, but for the root.
    [[nodiscard]] bool add_with_parents(std::string_view path);
    /// Whether a path is in both.
    [[nodiscard]] bool meets(path_hashes& other);

  private:
    void settle();

    std::vector<std::uint64_t> hashes_; ///< sorted and unique up to settled_
    std::size_t settled_ = 0;
    std::size_t most_;
};

} // namespace gatehouse::server
