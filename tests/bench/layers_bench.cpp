// How long it takes to find the accounts of an image, and how much memory: its layers are made in a directory first,
// then read from there as the HTTP client would write them.
//   bench_layers DIRECTORY [LAYERS [MEGABYTES [none|gzip|zstd]]]     20 layers of 500 MB in all by default
#include "server/image/account_search.h"
#include "server/image/layer_scan.h"
#include "tests/support/layer_images.h"

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>

namespace {

using namespace gatehouse;
using server::image_layer;
using server::layer_compression;

constexpr std::size_t file_size = std::size_t{40} << 10;
constexpr std::size_t piece_size = std::size_t{64} << 10;

struct stored_layer {
    image_layer layer;
    std::string file;
};

/// What programs and their data look like to deflate: this machine's own, one file after the other.
class machine_content {
  public:
    machine_content()
        : at_("/usr/lib", std::filesystem::directory_options::skip_permission_denied) {}

    std::string next() {
        std::string out(file_size, '\0');
        std::size_t filled = 0;
        while (filled < out.size()) {
            in_.read(out.data() + filled, static_cast<std::streamsize>(out.size() - filled));
            filled += static_cast<std::size_t>(in_.gcount());
            if (!in_) {
                open_next();
            }
        }
        return out;
    }

  private:
    void open_next() {
        if (at_ == std::filesystem::recursive_directory_iterator()) {
            at_ = std::filesystem::recursive_directory_iterator("/usr/lib");
        }
        in_ = {};
        if (at_->is_regular_file() && !at_->is_symlink()) {
            in_.open(at_->path(), std::ios::binary);
        } else {
            in_.setstate(std::ios::failbit);
        }
        ++at_;
    }

    std::filesystem::recursive_directory_iterator at_;
    std::ifstream in_;
};

std::string compressed(const std::string& bytes, layer_compression by) {
    switch (by) {
    case layer_compression::none:
        return bytes;
    case layer_compression::gzip:
        return testing_support::gzip_of(bytes);
    case layer_compression::zstd:
        return testing_support::zstd_of(bytes);
    }
    return {};
}

stored_layer make_layer(
    const std::filesystem::path& directory,
    machine_content& content,
    std::size_t index,
    std::size_t count,
    std::size_t bytes,
    layer_compression by
) {
    std::string archive;
    for (std::size_t i = 0; archive.size() < bytes; ++i) {
        archive += testing_support::tar_block(
            {.name = fmt::format("usr/lib/part{}/file{}", index, i), .size = file_size}
        );
        archive += testing_support::tar_padded(content.next());
    }
    if (index == 0) {
        archive += testing_support::tar_entry("etc/passwd=app:x:1000:1000::/:\n");
        archive += testing_support::tar_entry("etc/group=app:x:1000:\n");
    }
    const std::string stored = compressed(archive + testing_support::tar_end(), by);
    const std::string file = (directory / fmt::format("layer{}", index)).string();
    std::ofstream(file, std::ios::binary) << stored;
    return {testing_support::layer_of(stored, by, index, count), file};
}

std::size_t figure_of(const char* name) {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(name)) {
            return std::strtoul(line.c_str() + std::string_view(name).size() + 1, nullptr, 10);
        }
    }
    return 0;
}

server::awaitable<void> read_layer(
    stored_layer from,
    server::layer_request request,
    server::account_search& search
) {
    server::layer_scan scan(
        co_await server::asio::this_coro::executor,
        from.layer,
        request.question,
        {.limits = {}, .image_bytes_left = request.image_bytes_left}
    );
    std::ifstream in(from.file, std::ios::binary);
    std::vector<char> piece(piece_size);
    bool goes_on = true;
    while (goes_on && in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        const std::span<const char> bytes(piece.data(), static_cast<std::size_t>(in.gcount()));
        goes_on = co_await scan.write(bytes);
    }
    auto found = co_await scan.finish(true);
    if (!found) {
        fmt::print(stderr, "{}\n", found.error().detail());
        std::exit(1);
    }
    search.give(request.layer, std::move(found).value());
}

void search(const std::vector<stored_layer>& layers) {
    server::loop loop{1};
    server::account_search accounts(layers.size());
    std::ofstream("/proc/self/clear_refs") << 5; // the peak begins anew
    const std::size_t before = figure_of("VmRSS:");
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu_start = std::clock();
    std::size_t scans = 0;
    while (!accounts.outcome()) {
        for (auto& request : accounts.take_requests()) {
            ++scans;
            server::asio::co_spawn(
                loop,
                read_layer(layers[request.layer], std::move(request), accounts),
                [](const std::exception_ptr& fault) {
                    if (fault) {
                        std::rethrow_exception(fault);
                    }
                }
            );
        }
        loop.restart();
        loop.run_one();
        while (!accounts.outcome() && loop.poll_one() > 0) {
        }
    }
    loop.restart();
    loop.run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const auto& outcome = *accounts.outcome();
    fmt::print(
        "{} layers read in {:.2f} s ({:.2f} s of processor), {:.1f} MiB more memory at the peak, "
        "passwd {}\n",
        scans,
        took.count(),
        static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC,
        static_cast<double>(figure_of("VmHWM:") - before) / 1024,
        outcome && outcome.value().passwd ? "found" : "not found"
    );
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: bench_layers DIRECTORY [LAYERS [MEGABYTES [none|gzip|zstd]]]\n");
        return 2;
    }
    const std::filesystem::path directory = argv[1];
    const std::size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 20;
    const std::size_t megabytes = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 500;
    const std::string_view name = argc > 4 ? argv[4] : "gzip";
    const auto by = name == "none"   ? layer_compression::none
                    : name == "zstd" ? layer_compression::zstd
                                     : layer_compression::gzip;
    std::filesystem::create_directories(directory);
    machine_content content;
    std::vector<stored_layer> layers;
    for (std::size_t i = 0; i < count; ++i) {
        layers.push_back(make_layer(directory, content, i, count, megabytes * 1'000'000 / count, by)
        );
    }
    for (int i = 0; i < 3; ++i) {
        search(layers);
    }
    return 0;
}
