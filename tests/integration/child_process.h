#pragma once
// A program as a child of the test, its output in a file: killed by process id when the object dies, and
// by the kernel when the test itself dies. gatehouse_process and docker_registry are made of it.

#include "tests/support/temp_dir.h"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

using std::chrono::milliseconds;
using std::chrono::seconds;

using arguments = std::vector<std::string>;

class child_process {
  public:
    /// Starts the program `command[0]` (a path) with what it writes in `output`/stdout and `output`/stderr,
    /// behind what stands there. `environment` (NAME=value) comes before the test's own, of which
    /// GATEHOUSE_... are left out. `output` outlives this.
    child_process(
        arguments command,
        const std::vector<std::string>& environment,
        const temp_dir& output
    );
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    /// Kills it.
    ~child_process();

    void send_signal(int number) const;
    /// Its exit status (128 and the signal's number where one ended it), or nothing if it still runs after
    /// `limit`.
    [[nodiscard]] std::optional<int> wait(milliseconds limit);
    [[nodiscard]] bool is_alive() { return !wait(milliseconds(0)); }
    /// Ends it, now.
    void kill();

    [[nodiscard]] std::string out() const { return text_of(output_ / "stdout"); }
    [[nodiscard]] std::string err() const { return text_of(output_ / "stderr"); }

  private:
    const temp_dir& output_;
    pid_t pid_ = -1;
    std::optional<int> ended_;
};

} // namespace gatehouse::testing_support
