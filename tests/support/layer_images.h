#pragma once
// Images in memory: layers as bytes, read in pieces of any size, and searched through as the server does it.

#include "server/image/account_search.h"
#include "server/image/scan_layer.h"
#include "tests/support/tar_writer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

/// A text as a source, `piece` bytes at a time.
class text_source final : public server::byte_source {
  public:
    explicit text_source(std::string_view text, std::size_t piece = 1 << 16)
        : text_(text), piece_(piece) {}

    [[nodiscard]] policy::result<std::size_t> read(std::span<char> to) override {
        const std::size_t size = std::min({to.size(), text_.size(), piece_});
        std::copy_n(text_.begin(), size, to.begin());
        text_.remove_prefix(size);
        return size;
    }

  private:
    std::string_view text_;
    std::size_t piece_;
};

/// The descriptor that fits the bytes.
[[nodiscard]] inline server::image_layer layer_of(
    std::string_view bytes,
    server::layer_compression compression = server::layer_compression::none,
    std::size_t index = 0,
    std::size_t count = 1
) {
    return {
        .digest = policy::digest::of(bytes),
        .size = bytes.size(),
        .compression = compression,
        .index = index,
        .count = count};
}

struct searched {
    policy::result<server::account_files> outcome;
    std::vector<std::size_t> scans; ///< which layers were read, in order
};

/// Plain tar archives, the base first.
[[nodiscard]] inline searched search_layers(
    const std::vector<std::string>& layers,
    const policy::layer_limits& limits = {}
) {
    server::account_search search(layers.size(), limits);
    std::vector<std::size_t> scans;
    std::vector<server::layer_request> waiting;
    while (!search.outcome()) {
        for (auto& one : search.take_requests()) {
            waiting.push_back(std::move(one));
        }
        if (waiting.empty() || search.outcome()) {
            break;
        }
        // Newest first, so that a layer below is read only where it is needed, unless two are asked for at once.
        const server::layer_request one = waiting.front();
        waiting.erase(waiting.begin());
        scans.push_back(one.layer);
        text_source from(layers[one.layer], 700);
        auto found = server::scan_layer(
            layer_of(layers[one.layer], server::layer_compression::none, one.layer, layers.size()),
            one.question,
            {.limits = limits, .image_bytes_left = one.image_bytes_left},
            from
        );
        if (!found) {
            return {found.error(), scans};
        }
        search.give(one.layer, std::move(found).value());
    }
    if (!search.outcome()) {
        return {
            policy::error(policy::errc::internal, "the search asks nothing and has no end"), scans};
    }
    return {*search.outcome(), scans};
}

} // namespace gatehouse::testing_support
