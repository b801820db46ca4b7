#include "server/image/tar_headers.h"

#include "server/image/pax_records.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

constexpr std::size_t block_size = 512;

error refused(const char* what) { return {errc::malformed, what}; }

/// A field of text: up to its first NUL.
std::string_view text_field(std::string_view block, std::size_t at, std::size_t size) {
    const std::string_view field = block.substr(at, size);
    return field.substr(0, field.find('\0'));
}

/// A number in octal digits, or big-endian behind a byte 0x80. Nothing where it is neither or too large.
std::optional<std::uint64_t> number_field(std::string_view field) {
    constexpr std::uint64_t most = std::uint64_t{1} << 62;
    std::uint64_t value = 0;
    if (field.front() == '\x80') {
        for (const char c : field.substr(1)) {
            if (value >= (most >> 8)) {
                return std::nullopt;
            }
            value = (value << 8) | static_cast<unsigned char>(c);
        }
        return value;
    }
    const auto is_padding = [](char c) { return c == ' ' || c == '\0'; };
    while (!field.empty() && is_padding(field.front())) {
        field.remove_prefix(1);
    }
    while (!field.empty() && is_padding(field.back())) {
        field.remove_suffix(1);
    }
    for (const char c : field) {
        if (c < '0' || c > '7' || value >= (most >> 3)) {
            return std::nullopt;
        }
        value = (value << 3) | static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

bool has_its_checksum(std::string_view block) {
    const auto told = number_field(block.substr(148, 8));
    const auto sum_of = [](std::string_view bytes) {
        std::uint64_t sum = 0;
        for (const char c : bytes) {
            sum += static_cast<unsigned char>(c);
        }
        return sum;
    };
    const std::uint64_t spaces = 8 * std::uint64_t{' '}; // in place of the checksum
    const std::uint64_t sum = sum_of(block.substr(0, 148)) + spaces + sum_of(block.substr(156));
    return told == sum; // some old writers added signed bytes; nobody builds images with them
}

/// What stands before the name in the same header. Nothing where readers would not agree.
std::optional<std::string_view> prefix_of(std::string_view block) {
    const std::string_view magic = block.substr(257, 8);
    if (magic
        == std::string_view(
            "ustar\0"
            "00",
            8
        )) {
        const bool is_star = block.substr(508, 4) == std::string_view("tar\0", 4);
        return is_star ? std::nullopt : std::optional(text_field(block, 345, 155));
    }
    if (magic == std::string_view("ustar  \0", 8)) {
        // Times stand here; where they are no numbers some readers see a prefix.
        const bool are_times =
            number_field(block.substr(345, 12)) && number_field(block.substr(357, 12));
        return are_times ? std::optional<std::string_view>("") : std::nullopt;
    }
    return magic.starts_with("ustar") ? std::nullopt : std::optional<std::string_view>("");
}

std::optional<entry_kind> kind_of(char type, std::string_view path) {
    switch (type) {
    case '\0':
        return path.ends_with('/') ? entry_kind::directory : entry_kind::file;
    case '0':
        return entry_kind::file;
    case '1':
        return entry_kind::hard_link;
    case '2':
        return entry_kind::symlink;
    case '3':
    case '4':
    case '6':
        return entry_kind::other;
    case '5':
        return entry_kind::directory;
    default:
        return std::nullopt;
    }
}

/// What the headers before an entry's own say about it.
struct extensions {
    pax_records records;
    bool has_pax = false;
    std::optional<std::string> long_name;
    std::optional<std::string> long_link;

    [[nodiscard]] bool are_none() const { return !has_pax && !long_name && !long_link; }
};

policy::result<void> take_extension(
    extensions& to,
    char type,
    std::string_view name,
    std::string_view body
) {
    switch (type) {
    case 'g': {
        // It speaks of all entries, and runtimes ignore what it says; but its own name counts in some.
        GATEHOUSE_TRY(const auto records, parse_pax_records(body));
        if (!to.are_none() || name != "pax_global_header" || records.path || records.link
            || records.size) {
            return refused("has a global pax header that runtimes read differently");
        }
        return policy::success();
    }
    case 'x': {
        GATEHOUSE_TRY(auto records, parse_pax_records(body));
        if (!to.are_none()) {
            return refused("has several extended headers");
        }
        to.records = std::move(records);
        to.has_pax = true;
        return policy::success();
    }
    default: {
        auto& text = type == 'L' ? to.long_name : to.long_link;
        const std::string_view value = body.substr(0, body.find('\0'));
        if (to.has_pax || text || value.empty()) {
            return refused("has several extended headers");
        }
        text = value;
        return policy::success();
    }
    }
}

policy::result<layer_entry> parse_entry(std::string_view block, extensions more) {
    const auto prefix = prefix_of(block);
    const auto size = number_field(block.substr(124, 12));
    if (!prefix || !size) {
        return refused("has a header that is not tar's");
    }
    layer_entry entry;
    entry.path = text_field(block, 0, 100);
    if (!prefix->empty()) {
        entry.path = std::string(*prefix) + '/' + entry.path;
    }
    entry.link = text_field(block, 157, 100);
    if (more.long_name || more.records.path) {
        entry.path = *std::move(more.long_name ? more.long_name : more.records.path);
    }
    if (more.long_link || more.records.link) {
        entry.link = *std::move(more.long_link ? more.long_link : more.records.link);
    }
    const auto kind = kind_of(block[156], entry.path);
    if (!kind) {
        return refused(
            block[156] == 'S' ? "is a sparse file, which runtimes read differently"
                              : "is of a type that runtimes refuse"
        );
    }
    entry.kind = *kind;
    if (entry.kind == entry_kind::file) {
        entry.size = more.records.size.value_or(*size);
    } else if (more.records.size.value_or(0) != 0) {
        return refused("has a size and no content");
    }
    if (entry.kind != entry_kind::hard_link && entry.kind != entry_kind::symlink) {
        entry.link.clear();
    }
    return entry;
}

} // namespace

policy::result<layer_entry> parse_tar_headers(std::string_view blocks) {
    extensions more;
    while (blocks.size() >= block_size) {
        const std::string_view block = blocks.substr(0, block_size);
        const char type = block[156];
        if (!has_its_checksum(block)) {
            return refused("is damaged");
        }
        if (std::string_view("gxLK").find(type) == std::string_view::npos) {
            if (blocks.size() != block_size) {
                return refused("has more headers than it needs");
            }
            return parse_entry(block, std::move(more));
        }
        blocks.remove_prefix(block_size);
        const auto size = number_field(block.substr(124, 12));
        if (!size || *size > blocks.size()) {
            return refused("is damaged");
        }
        GATEHOUSE_TRY(take_extension(more, type, text_field(block, 0, 100), blocks.substr(0, *size))
        );
        const std::size_t padded = (*size + block_size - 1) / block_size * block_size;
        blocks.remove_prefix(std::min(padded, blocks.size()));
    }
    return refused("is damaged");
}

} // namespace gatehouse::server
