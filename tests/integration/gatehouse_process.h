#pragma once
// The real binary as a child process: `serve` on free ports until the object dies, or any command to
// its end. Kills by process id and leaves nothing behind, also when the test itself dies.

#include "tests/integration/child_process.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

struct finished_command {
    int code = -1; ///< exit status; 128 and the signal's number where a signal ended it
    std::string out;
    std::string err;
};

/// The path of the binary under test.
[[nodiscard]] std::string gatehouse_binary();

/// Runs `gatehouse ARGUMENTS` to its end; killed after `limit`. `environment` holds NAME=value.
[[nodiscard]] finished_command run_gatehouse(
    const arguments& command,
    const std::vector<std::string>& environment = {},
    seconds limit = seconds(20)
);

class gatehouse_process {
  public:
    /// Starts `gatehouse serve --listen 127.0.0.1:0 --ops-listen 127.0.0.1:0 FLAGS` and waits until it
    /// is ready. Throws with the log where it ends instead.
    explicit gatehouse_process(
        const arguments& flags,
        const std::vector<std::string>& environment = {}
    );
    [[nodiscard]] std::uint16_t webhook_port() const { return webhook_port_; }
    [[nodiscard]] std::uint16_t ops_port() const { return ops_port_; }

    void send_signal(int number) const { child_.send_signal(number); }
    /// Its exit status (see finished_command::code), or nothing if it still runs after `limit`.
    [[nodiscard]] std::optional<int> wait(milliseconds limit) { return child_.wait(limit); }
    [[nodiscard]] bool is_alive() { return child_.is_alive(); }
    /// Everything that it wrote to stderr so far.
    [[nodiscard]] std::string log() const { return child_.err(); }

  private:
    void wait_until_ready();

    temp_dir scratch_;
    child_process child_;
    std::uint16_t webhook_port_ = 0;
    std::uint16_t ops_port_ = 0;
};

} // namespace gatehouse::testing_support
