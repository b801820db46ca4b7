#pragma once
// Takes the entries of one layer in order and keeps what they leave at the sought paths, as a runtime that unpacks
// them into an empty directory would find it (overlay: each layer has one of its own). Memory does not grow with
// the entries, but for 8 bytes a link or directory. Pure; scan_layer feeds it.

#include "policy/result.h"
#include "server/image/layer_entry.h"
#include "server/image/layer_findings.h"
#include "server/image/path_hashes.h"

#include <string_view>

namespace gatehouse::server {

class layer_tracker {
  public:
    static constexpr std::size_t most_links = 500'000;
    static constexpr std::size_t most_directories = 500'000;

    explicit layer_tracker(const layer_question& question);

    /// True where the entry is a sought file: its content is to follow. Error: a text that goes on after
    /// "entry 12 ".
    [[nodiscard]] policy::result<bool> add(const layer_entry& entry);
    /// Of the file that was just added; nothing where it is longer than an account file.
    void add_content(std::string_view bytes, bool is_too_long);
    [[nodiscard]] std::uint64_t entries() const noexcept { return count_; }

    /// Error: a text that goes on after "layer 3 of 20 ".
    [[nodiscard]] policy::result<layer_findings> finish() &&;

  private:
    enum class action : std::uint8_t { place, white_out, make_opaque };
    struct watched {
        sought_path sought;
        std::vector<std::size_t> ends;
        std::vector<layer_node> nodes;
        bool wants_content = false;
    };

    [[nodiscard]] policy::result<void> note_link(std::string_view path, std::string_view text);
    [[nodiscard]] policy::result<void> note_directories(action what, std::string_view at);
    [[nodiscard]] bool is_sought_name(std::string_view name) const;
    void apply(watched& to, action what, std::string_view at, const layer_entry& entry) const;
    void place(watched& to, std::size_t index, const layer_entry& entry) const;

    std::vector<watched> paths_;
    std::vector<std::string> names_;
    path_hashes links_{most_links};
    path_hashes directories_{most_directories}; ///< in which entries lie
    path_hashes namesakes_{most_directories}; ///< those above a name that is part of a sought path
    std::string last_directory_;              ///< most entries lie where the one before does
    bool has_link_to_sought_name_ = false;
    std::uint64_t count_ = 0;
};

} // namespace gatehouse::server
