#pragma once
// An image's file system as a node has it, in memory: each layer unpacked into a directory of its own as containerd
// does for overlay, and what the kernel shows of them one upon the other. Written against those two, not against
// account_search, which is held against this.

#include "server/image/layer_entry.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

struct model_entry {
    server::layer_entry header;
    std::string content;
};

class overlay_model {
  public:
    enum class kind { absent, directory, file, symlink, other, whiteout, unresolvable };
    struct node {
        kind is = kind::absent;
        std::string text; ///< content, or where a link leads
        bool is_opaque = false;
    };

    /// On top of those before. False where the runtime could not unpack it: there is no such image then.
    [[nodiscard]] bool unpack(const std::vector<model_entry>& layer);
    /// What a process finds at the path, links followed inside the root.
    [[nodiscard]] node open(std::string path) const;

  private:
    using tree = std::map<std::string, node, std::less<>>; ///< by path; the root is not in it

    [[nodiscard]] static bool place(tree& upper, const model_entry& entry);
    [[nodiscard]] static std::optional<std::string> resolved_in(
        const tree& upper,
        std::string path
    );
    [[nodiscard]] static bool make_directories(tree& upper, std::string_view path);
    static void remove(tree& upper, const std::string& path);
    [[nodiscard]] node look_up(std::string_view path) const;

    std::vector<tree> layers_;
};

} // namespace gatehouse::testing_support
