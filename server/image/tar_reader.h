#pragma once
// The entries of a tar archive as they are pulled, by libarchive: only tar, no other format, no filter. The headers
// of every entry are looked at a second time (tar_headers), and both readers must agree. The only file that names
// libarchive. One thread a reader; readers on several threads share nothing but the inode numbers that libarchive makes
// up, unguarded, and that nobody looks at.

#include "server/image/byte_source.h"
#include "server/image/layer_entry.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct archive;
struct archive_entry;

namespace gatehouse::server {

class tar_reader {
  public:
    /// Of one entry, extended ones included; Go takes no more either.
    static constexpr std::size_t longest_headers = std::size_t{1} << 20;

    /// Requires: `from` outlives this.
    explicit tar_reader(byte_source& from);
    ~tar_reader();
    tar_reader(const tar_reader&) = delete;
    tar_reader& operator=(const tar_reader&) = delete;

    /// Nothing at the end of the archive (which need not be the end of the source).
    [[nodiscard]] policy::result<std::optional<layer_entry>> next();
    /// Of the file that next() came to, at most once; nothing where it is longer than `most`.
    [[nodiscard]] policy::result<std::optional<std::string>> content(std::size_t most);

  private:
    struct hooks; ///< what libarchive calls
    struct free_archive {
        void operator()(archive* one) const noexcept;
    };

    [[nodiscard]] std::ptrdiff_t read_block(const void** block);
    void keep(std::span<const char> block);
    [[nodiscard]] std::string_view window() const noexcept;
    void drop(std::uint64_t size);
    [[nodiscard]] policy::error broken() const;
    [[nodiscard]] policy::error refused(std::string_view what) const;
    [[nodiscard]] policy::result<void> check_end() const;
    [[nodiscard]] policy::result<layer_entry> read_headers(archive_entry* seen);

    byte_source& from_;
    std::vector<char> block_;
    std::optional<policy::error> failure_; ///< of the source, or ours on its way through libarchive
    std::string window_;   ///< what was read and may belong to headers, behind what is done with
    std::size_t done_ = 0; ///< of the window
    std::uint64_t window_at_ = 0; ///< where the rest of it begins in the archive
    std::uint64_t read_ = 0;
    std::uint64_t entries_ = 0;
    std::uint64_t size_ = 0; ///< of the entry that next() came to
    std::unique_ptr<archive, free_archive> archive_;
};

} // namespace gatehouse::server
