#include "server/image/scan_layer.h"

#include "server/image/gzip_source.h"
#include "server/image/layer_tracker.h"
#include "server/image/tar_reader.h"
#include "server/image/verified_source.h"
#include "server/image/zstd_source.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

std::unique_ptr<byte_source> decompressed(layer_compression by, byte_source& from) {
    switch (by) {
    case layer_compression::none:
        return nullptr;
    case layer_compression::gzip:
        return std::make_unique<gzip_source>(from);
    case layer_compression::zstd:
        return std::make_unique<zstd_source>(from);
    }
    return nullptr;
}

policy::result<void> read_entries(layer_tracker& to, byte_source& from) {
    tar_reader reader(from);
    while (true) {
        GATEHOUSE_TRY(const auto entry, reader.next());
        if (!entry) {
            return policy::success();
        }
        if (to.entries() == most_layer_entries) {
            return error(
                errc::too_large, fmt::format("has more than {} entries", most_layer_entries)
            );
        }
        const auto is_sought = to.add(*entry);
        if (!is_sought) {
            return error(
                is_sought.error().code(),
                fmt::format("entry {} {}", to.entries(), is_sought.error().detail())
            );
        }
        if (is_sought.value()) {
            GATEHOUSE_TRY(const auto content, reader.content(longest_account_file));
            to.add_content(content.value_or(""), !content);
        }
    }
}

/// What lies behind the archive's end counts for digest and limits, and for nothing else.
policy::result<void> read_rest(byte_source& from) {
    std::vector<char> ignored(std::size_t{64} << 10);
    while (true) {
        GATEHOUSE_TRY(const std::size_t size, from.read(ignored));
        if (size == 0) {
            return policy::success();
        }
    }
}

policy::result<layer_findings> scan(
    const image_layer& layer,
    const layer_question& question,
    const scan_limits& limits,
    verified_source& bytes
) {
    const auto stage = decompressed(layer.compression, bytes);
    limited_source archive(stage ? *stage : bytes, limits);
    layer_tracker tracker(question);
    GATEHOUSE_TRY(read_entries(tracker, archive));
    GATEHOUSE_TRY(read_rest(archive));
    GATEHOUSE_TRY(layer_findings found, std::move(tracker).finish());
    found.bytes = archive.bytes();
    return found;
}

} // namespace

policy::result<layer_findings> scan_layer(
    const image_layer& layer,
    const layer_question& question,
    const scan_limits& limits,
    byte_source& from
) {
    verified_source bytes(from, layer);
    auto found = scan(layer, question, limits, bytes);
    if (found) {
        return found;
    }
    if (bytes.failure()) {
        return *bytes.failure();
    }
    return error(
        found.error().code(), fmt::format("{} {}", name_of(layer), found.error().detail())
    );
}

} // namespace gatehouse::server
