#include "server/image/tar_reader.h"

#include "server/image/tar_headers.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

constexpr std::size_t tar_block = 512;
constexpr std::size_t read_size = std::size_t{64} << 10;

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// libarchive converts other names to the locale's characters, so that only these can be compared.
bool is_same_text(const char* theirs, std::string_view ours) {
    return !is_ascii(ours) || (theirs != nullptr && theirs == ours);
}

bool is_same_kind(archive_entry* theirs, entry_kind ours) {
    if (archive_entry_hardlink(theirs) != nullptr) {
        return ours == entry_kind::hard_link;
    }
    switch (archive_entry_filetype(theirs)) {
    case AE_IFREG:
        return ours == entry_kind::file;
    case AE_IFDIR:
        return ours == entry_kind::directory;
    case AE_IFLNK:
        return ours == entry_kind::symlink;
    case AE_IFCHR:
    case AE_IFBLK:
    case AE_IFIFO:
        return ours == entry_kind::other;
    default:
        return false;
    }
}

bool are_same(archive_entry* theirs, const layer_entry& ours) {
    if (!is_same_kind(theirs, ours.kind) || !is_same_text(archive_entry_pathname(theirs), ours.path)
        || archive_entry_size(theirs) != static_cast<la_int64_t>(ours.size)) {
        return false;
    }
    switch (ours.kind) {
    case entry_kind::symlink:
        return is_same_text(archive_entry_symlink(theirs), ours.link);
    case entry_kind::hard_link:
        return is_same_text(archive_entry_hardlink(theirs), ours.link);
    case entry_kind::file:
    case entry_kind::directory:
    case entry_kind::other:
        return true;
    }
    return false;
}

} // namespace

struct tar_reader::hooks {
    static la_ssize_t read(archive*, void* self, const void** block) noexcept {
        return static_cast<tar_reader*>(self)->read_block(block);
    }
};

void tar_reader::free_archive::operator()(archive* one) const noexcept { archive_read_free(one); }

tar_reader::tar_reader(byte_source& from)
    : from_(from), block_(read_size), archive_(archive_read_new()) {
    const bool is_ready = archive_ && archive_read_support_format_tar(archive_.get()) == ARCHIVE_OK
                          && archive_read_support_format_empty(archive_.get()) == ARCHIVE_OK;
    if (!is_ready) {
        throw std::bad_alloc(); // nothing else can be wrong with it
    }
    // What goes wrong here goes wrong again at the first entry.
    archive_read_open2(archive_.get(), this, nullptr, &hooks::read, nullptr, nullptr);
}

tar_reader::~tar_reader() = default;

/// libarchive is C: nothing may be thrown through it.
std::ptrdiff_t tar_reader::read_block(const void** block) {
    try {
        const auto size = from_.read(block_);
        if (!size) {
            failure_ = size.error();
            return -1;
        }
        keep(std::span<const char>(block_).first(size.value()));
        if (failure_) {
            return -1;
        }
        *block = block_.data();
        return static_cast<std::ptrdiff_t>(size.value());
    } catch (const std::bad_alloc&) {
        failure_.emplace(errc::unavailable, "cannot be read: out of memory");
        return -1;
    }
}

void tar_reader::keep(std::span<const char> block) {
    const std::uint64_t begin = read_;
    read_ += block.size();
    if (read_ <= window_at_) {
        return; // content of a file
    }
    window_.erase(0, std::exchange(done_, 0));
    const std::size_t skipped =
        begin < window_at_ ? static_cast<std::size_t>(window_at_ - begin) : 0;
    window_.append(block.data() + skipped, block.size() - skipped);
    if (window_.size() > longest_headers + 2 * read_size) {
        failure_.emplace(
            errc::too_large,
            fmt::format("entry {} has headers of more than {} bytes", entries_ + 1, longest_headers)
        );
    }
}

std::string_view tar_reader::window() const noexcept {
    return std::string_view(window_).substr(done_);
}

void tar_reader::drop(std::uint64_t size) {
    done_ += static_cast<std::size_t>(std::min<std::uint64_t>(size, window().size()));
    window_at_ += size;
}

error tar_reader::refused(std::string_view what) const {
    return {errc::malformed, fmt::format("entry {} {}", entries_, what)};
}

error tar_reader::broken() const {
    if (failure_) {
        return *failure_;
    }
    if (entries_ == 0) {
        return {errc::malformed, "is not a tar archive"};
    }
    return {errc::malformed, fmt::format("is damaged or cut off behind entry {}", entries_)};
}

policy::result<std::optional<layer_entry>> tar_reader::next() {
    if (failure_) {
        return *failure_;
    }
    archive_entry* seen = nullptr;
    const int status = archive_read_next_header(archive_.get(), &seen);
    if (failure_) {
        return *failure_;
    }
    if (status == ARCHIVE_EOF) {
        GATEHOUSE_TRY(check_end());
        return std::nullopt;
    }
    // A warning is about what both readers are asked about (names in pax headers that the locale cannot have are
    // taken from ours), or about what does not matter here (owners, access lists).
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
        return broken();
    }
    ++entries_;
    GATEHOUSE_TRY(layer_entry entry, read_headers(seen));
    return std::optional(std::move(entry));
}

policy::result<layer_entry> tar_reader::read_headers(archive_entry* seen) {
    const auto begin = static_cast<std::uint64_t>(archive_read_header_position(archive_.get()));
    const auto end = static_cast<std::uint64_t>(archive_filter_bytes(archive_.get(), 0));
    if (begin != window_at_ || end < begin || end - begin > window().size()) {
        return refused("does not begin where the one before it ends");
    }
    const auto length = static_cast<std::size_t>(end - begin);
    auto entry = parse_tar_headers(window().substr(0, length));
    if (!entry) {
        return refused(entry.error().detail());
    }
    if (!are_same(seen, entry.value())) {
        return refused("is read differently by different programs");
    }
    size_ = entry.value().size;
    const std::uint64_t padded = (size_ + tar_block - 1) / tar_block * tar_block;
    drop(length + padded);
    return std::move(entry).value();
}

/// The end of the source, or two blocks of zeros; some programs read on behind a single one.
policy::result<void> tar_reader::check_end() const {
    if (read_ < window_at_) {
        return broken();
    }
    const std::string_view mark = window().substr(0, 2 * tar_block);
    if (!std::ranges::all_of(mark, [](char c) { return c == '\0'; })) {
        return error(errc::malformed, fmt::format("is damaged behind entry {}", entries_));
    }
    return policy::success();
}

policy::result<std::optional<std::string>> tar_reader::content(std::size_t most) {
    if (size_ > most) {
        return std::nullopt;
    }
    std::string bytes(static_cast<std::size_t>(size_), '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const la_ssize_t size =
            archive_read_data(archive_.get(), bytes.data() + filled, bytes.size() - filled);
        if (size <= 0) {
            return broken();
        }
        filled += static_cast<std::size_t>(size);
    }
    return std::optional(std::move(bytes));
}

} // namespace gatehouse::server
