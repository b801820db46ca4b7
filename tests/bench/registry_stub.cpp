// The benchmarks' registry as a program. Prints one JSON object with its port and the key that verifies its
// signatures, then obeys lines on standard input and answers each with what it counted since the one before:
//   counts | open | close | seed N | delay MS | throttle PERCENT | silent 0 or 1
// It ends with its standard input, so it outlives nobody.

#include "tests/bench/stub_registry.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using namespace gatehouse;
using bench::stub_counts;
using bench::stub_registry;
using input = server::asio::posix::basic_stream_descriptor<server::executor>;

void print(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
}

std::string text_of(const stub_counts& counts) {
    const nlohmann::json shown = {
        {"connections", counts.connections},
        {"requests", counts.requests},
        {"tags", counts.tags},
        {"manifests", counts.manifests},
        {"referrers", counts.referrers},
        {"blobs", counts.blobs},
        {"tokens", counts.tokens},
        {"challenged", counts.challenged},
        {"throttled", counts.throttled},
        {"at_once", counts.at_once}};
    return shown.dump();
}

class remote_control {
  public:
    explicit remote_control(stub_registry& of) : registry_(of) {}

    void obey(const std::string& line) {
        std::istringstream words(line);
        std::string what;
        double value = 0;
        words >> what >> value;
        if (what == "open") {
            registry_.open();
        } else if (what == "close") {
            registry_.close();
        } else if (what == "seed") {
            registry_.seed(static_cast<std::uint64_t>(value));
        } else if (what == "delay") {
            how_.delay = std::chrono::milliseconds(static_cast<int>(value));
        } else if (what == "throttle") {
            how_.throttled_percent = value;
        } else if (what == "silent") {
            how_.is_silent = value != 0;
        } else if (what != "counts") {
            throw std::runtime_error("no such command: " + line);
        }
        registry_.behave(how_);
        print(text_of(registry_.take_counts()));
    }

  private:
    stub_registry& registry_;
    bench::stub_behaviour how_;
};

server::awaitable<void> obey_lines(input& from, remote_control& control) {
    std::string bytes;
    for (;;) {
        const auto [failure, size] = co_await server::asio::async_read_until(
            from, server::asio::dynamic_buffer(bytes), '\n', server::use_token
        );
        if (failure) {
            co_return;
        }
        control.obey(bytes.substr(0, size - 1));
        bytes.erase(0, size);
    }
}

} // namespace

int main() {
    try {
        server::loop loop(1);
        stub_registry registry(loop);
        registry.open();
        const nlohmann::json hello = {{"port", registry.port()}, {"key", registry.public_pem()}};
        print(hello.dump());
        remote_control control(registry);
        input lines(loop, ::dup(STDIN_FILENO));
        std::exception_ptr fault;
        server::asio::co_spawn(loop, obey_lines(lines, control), [&](std::exception_ptr why) {
            fault = std::move(why);
            loop.stop();
        });
        loop.run();
        if (fault) {
            std::rethrow_exception(fault);
        }
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "registry_stub: %s\n", error.what());
        return 1;
    }
}
