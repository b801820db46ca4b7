#pragma once
// One layer on its way from the network to scan_layer: the HTTP client writes it here on the loop thread, a thread
// of its own reads, since libarchive pulls and decompressing takes long. Loop thread only, but for what runs on the
// thread inside.

#include "server/body_sink.h"
#include "server/image/scan_layer.h"

#include <memory>

namespace gatehouse::server {

class layer_scan final : public body_sink {
  public:
    /// Begins at once; without a thread to be had the scan fails. Its loop outlives this.
    layer_scan(executor on, image_layer layer, layer_question question, scan_limits limits);
    /// Ends the thread wherever it is, and waits for that: as long as one block takes.
    ~layer_scan() override;

    [[nodiscard]] awaitable<bool> write(std::span<const char> bytes) override;
    /// What the layer holds, or why that cannot be told. Where the transfer ended early (`is_complete` false) the
    /// scan ends with an error, too: its own if it had one, else canceled. Once, and after the last write.
    [[nodiscard]] awaitable<policy::result<layer_findings>> finish(bool is_complete);

  private:
    struct state;
    class worker;

    [[nodiscard]] static awaitable<bool> write_all(
        std::shared_ptr<state> shared,
        std::span<const char> bytes
    );
    [[nodiscard]] static awaitable<policy::result<layer_findings>> wait_for_end(
        std::shared_ptr<state> shared
    );

    std::shared_ptr<state> state_;
    std::unique_ptr<worker> worker_;
};

} // namespace gatehouse::server
