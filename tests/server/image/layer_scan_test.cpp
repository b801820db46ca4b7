#include "server/image/layer_scan.h"

#include "tests/support/layer_images.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace gatehouse::server {
namespace {

using testing_support::gzip_of;
using testing_support::layer_of;
using testing_support::tar_end;
using testing_support::tar_entry;
using testing_support::tar_of;

using namespace std::chrono_literals;

constexpr std::size_t mebibyte = std::size_t{1} << 20;
const layer_question passwd{{.path = "etc/passwd"}};

/// What a transfer met with.
struct transfer {
    std::optional<policy::result<layer_findings>> found;
    std::size_t written = 0; ///< bytes that were taken
    bool was_stopped = false;
};

awaitable<void> send(
    layer_scan& to,
    std::string_view bytes,
    std::size_t piece,
    bool complete,
    transfer& out
) {
    while (!bytes.empty() && !out.was_stopped) {
        const std::string_view part = bytes.substr(0, piece);
        const bool goes_on = co_await to.write(part);
        out.was_stopped = !goes_on;
        out.written += goes_on ? part.size() : 0;
        bytes.remove_prefix(part.size());
    }
    auto found = co_await to.finish(complete);
    out.found = std::move(found);
}

class LayerScan : public testing::Test {
  protected:
    transfer sent(
        const std::string& bytes,
        const image_layer& layer,
        std::size_t piece,
        bool complete = true
    ) {
        layer_scan scan(loop_.get_executor(), layer, passwd, {});
        transfer out;
        asio::co_spawn(
            loop_,
            send(scan, bytes, piece, complete, out),
            [](const std::exception_ptr& fault) { EXPECT_FALSE(fault); }
        );
        loop_.restart();
        loop_.run_for(60s);
        return out;
    }

    loop loop_{1};
};

TEST_F(LayerScan, FindsWhatIsWrittenInPiecesOfAnySize) {
    const std::string archive =
        tar_entry("big=" + std::string(3 * mebibyte, 'x')) + tar_of({"etc/passwd=p"});
    const std::string bytes = gzip_of(archive);
    for (const std::size_t piece : {std::size_t{1000}, std::size_t{16384}, bytes.size()}) {
        const transfer out = sent(bytes, layer_of(bytes, layer_compression::gzip), piece);
        ASSERT_TRUE(out.found);
        ASSERT_TRUE(*out.found) << out.found->error().detail();
        EXPECT_EQ(out.found->value().paths.at(0).at(1).text, "p");
        EXPECT_EQ(out.written, bytes.size());
    }
}

TEST_F(LayerScan, WaitsWhileItsBufferIsFull) {
    const std::string bytes = tar_entry("big=" + std::string(5 * mebibyte, 'x')) + tar_end();
    const transfer out = sent(bytes, layer_of(bytes), mebibyte); // each write is four buffers
    ASSERT_TRUE(out.found);
    EXPECT_TRUE(*out.found);
    EXPECT_EQ(out.written, bytes.size());
}

TEST_F(LayerScan, AnEmptyLayer) {
    const transfer out = sent("", layer_of(""), 1);
    ASSERT_TRUE(out.found);
    EXPECT_TRUE(*out.found);
}

TEST_F(LayerScan, StopsATransferThatIsInVain) {
    const std::string bytes(5 * mebibyte, 'x');
    const image_layer layer = layer_of(bytes, layer_compression::gzip);
    const transfer out = sent(bytes, layer, mebibyte / 8);
    EXPECT_TRUE(out.was_stopped);
    EXPECT_LT(out.written, bytes.size());
    ASSERT_TRUE(out.found);
    ASSERT_FALSE(*out.found);
    EXPECT_EQ(out.found->error().detail(), name_of(layer) + " is not gzip, as its media type says");
}

TEST_F(LayerScan, ATransferThatEndsEarlyIsNoLayer) {
    const std::string bytes = tar_of({"etc/passwd=p"});
    const image_layer layer = layer_of(bytes);
    const transfer given_up = sent(bytes.substr(0, 600), layer, 600, false);
    ASSERT_TRUE(given_up.found);
    ASSERT_FALSE(*given_up.found);
    EXPECT_EQ(given_up.found->error().code(), policy::errc::canceled);
    EXPECT_EQ(given_up.found->error().detail(), "the layer was not read to its end");

    const transfer cut = sent(bytes.substr(0, bytes.size() - 512), layer, 600);
    ASSERT_TRUE(cut.found);
    ASSERT_FALSE(*cut.found);
    EXPECT_EQ(
        cut.found->error().detail(),
        name_of(layer) + " is 1536 bytes long, not the 2048 of its descriptor"
    );
}

TEST_F(LayerScan, EndsItsThreadWhereverItIs) {
    const std::string bytes = tar_of({"etc/passwd=p"});
    { const layer_scan untouched(loop_.get_executor(), layer_of(bytes), passwd, {}); }
    {
        layer_scan half(loop_.get_executor(), layer_of(bytes), passwd, {});
        bool was_taken = false;
        asio::co_spawn(
            loop_,
            half.write(std::string_view(bytes).substr(0, 600)),
            [&](const std::exception_ptr&, bool taken) { was_taken = taken; }
        );
        loop_.restart();
        loop_.run_for(10s);
        EXPECT_TRUE(was_taken);
    }
    // What its thread has posted meanwhile finds nobody and harms nobody.
    loop_.restart();
    loop_.run_for(10s);
}

TEST_F(LayerScan, ACancelledWriterLeaves) {
    const std::string bytes = tar_entry("big=" + std::string(8 * mebibyte, 'x'));
    image_layer layer = layer_of(bytes);
    layer_scan scan(loop_.get_executor(), layer, passwd, {});
    asio::cancellation_signal cancel;
    std::optional<bool> taken;
    asio::co_spawn(
        loop_,
        scan.write(bytes),
        asio::bind_cancellation_slot(
            cancel.slot(), [&](const std::exception_ptr&, bool is_taken) { taken = is_taken; }
        )
    );
    asio::post(loop_, [&] { cancel.emit(asio::cancellation_type::all); });
    loop_.restart();
    loop_.run_for(10s);
    ASSERT_TRUE(taken);
    EXPECT_FALSE(*taken);
}

TEST_F(LayerScan, ACancelledFinishEndsTheScan) {
    const std::string bytes = tar_of({"etc/passwd=p"});
    layer_scan scan(loop_.get_executor(), layer_of(bytes), passwd, {});
    asio::cancellation_signal cancel;
    transfer out;
    bool has_ended = false;
    // Nothing ends the layer, so that only the signal can.
    auto wait = [](layer_scan& to, transfer& into) -> awaitable<void> {
        co_await asio::this_coro::throw_if_cancelled(false);
        const bool goes_on = co_await to.write(std::string_view("x"));
        into.was_stopped = !goes_on;
        auto found = co_await to.finish(false);
        into.found = std::move(found);
    };
    asio::co_spawn(
        loop_,
        wait(scan, out),
        asio::bind_cancellation_slot(
            cancel.slot(), [&](const std::exception_ptr&) { has_ended = true; }
        )
    );
    asio::post(loop_, [&] { cancel.emit(asio::cancellation_type::all); });
    loop_.restart();
    loop_.run_for(10s);
    EXPECT_TRUE(has_ended);
    ASSERT_TRUE(out.found);
    EXPECT_EQ(out.found->error().code(), policy::errc::canceled);
}

TEST_F(LayerScan, ManySideBySide) {
    const std::string bytes =
        gzip_of(tar_entry("big=" + std::string(mebibyte, 'x')) + tar_of({"etc/passwd=p"}));
    const image_layer layer = layer_of(bytes, layer_compression::gzip);
    std::vector<std::unique_ptr<layer_scan>> scans;
    std::vector<transfer> out(8);
    for (transfer& one : out) {
        scans.push_back(
            std::make_unique<layer_scan>(loop_.get_executor(), layer, passwd, scan_limits())
        );
        asio::co_spawn(
            loop_,
            send(*scans.back(), bytes, 4096, true, one),
            [](const std::exception_ptr& fault) { EXPECT_FALSE(fault); }
        );
    }
    loop_.restart();
    loop_.run_for(60s);
    for (const transfer& one : out) {
        ASSERT_TRUE(one.found);
        EXPECT_TRUE(*one.found);
    }
}

} // namespace
} // namespace gatehouse::server
