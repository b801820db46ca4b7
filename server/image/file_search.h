#pragma once
// The search for one file of an image, from the newest layer down: which path in which layer is to be looked at
// next, and what its nodes there mean. Links are followed as container runtimes do, inside the image's root; what
// runtimes would disagree on is a problem, never a guess. Part of account_search. Pure.

#include "server/image/layer_findings.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

class file_search {
  public:
    /// As Linux (ELOOP).
    static constexpr unsigned most_links = 40;

    /// `path` is clean. Layers are counted from 0, the base.
    file_search(std::string path, std::size_t layers);

    [[nodiscard]] bool is_settled() const noexcept { return is_settled_; }
    /// Requires: settled. The file's bytes; nothing where the image has no such file.
    [[nodiscard]] const std::optional<std::string>& content() const noexcept { return content_; }
    /// Why the file cannot be told: a text that names layer and path. Empty while there is none.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

    /// Requires: not settled. The layer that is to be looked at.
    [[nodiscard]] std::size_t layer() const noexcept { return left_ - 1; }
    /// What is sought in a layer, this one or one below.
    [[nodiscard]] sought_path sought_in(std::size_t layer) const;
    /// Changes whenever another path is sought.
    [[nodiscard]] unsigned pass() const noexcept { return pass_; }
    /// What layer() holds of it.
    void take(const std::vector<layer_node>& nodes);

  private:
    enum class above : std::uint8_t { nothing, implied, told };

    void take_node(std::size_t index, const layer_node& node);
    void take_covered(std::size_t index, const layer_node& node);
    void take_leaf(const layer_node& node);
    void follow_symlink(std::size_t index, const layer_node& node);
    void follow_hard_link(const layer_node& node);
    void begin_pass(std::string path, std::size_t layers, std::uint64_t before);
    void descend();
    void settle_absent();
    void fail(std::string_view what);
    [[nodiscard]] std::string_view part(std::size_t index) const;

    const std::string name_; ///< as it was asked for
    const std::size_t layers_;
    std::string path_;
    std::vector<std::size_t> ends_;
    std::vector<above> above_;               ///< what newer layers make of each part
    std::size_t left_ = 0;                   ///< layers not looked at yet
    std::size_t view_ = 0;                   ///< layers that the pass began with
    std::uint64_t before_ = 0;               ///< in the first of them
    std::optional<std::string> linked_from_; ///< the directory of the hard link that is followed
    unsigned links_ = 0;
    unsigned pass_ = 0;
    bool is_settled_ = false;
    bool is_done_with_layer_ = false;
    std::optional<std::string> content_;
    std::string problem_;
};

} // namespace gatehouse::server
