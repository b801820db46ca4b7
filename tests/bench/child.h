#pragma once
// A process that the load generator starts itself and that never outlives it. Not thread-safe.

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace gatehouse::bench {

class child {
  public:
    /// Starts `command` on one CPU, its output discarded. Throws std::runtime_error.
    child(const std::vector<std::string>& command, std::size_t core);
    /// Asks the process to end, asks again, ends it, and waits for it.
    ~child();
    child(const child&) = delete;
    child& operator=(const child&) = delete;

    [[nodiscard]] bool is_running() const noexcept;

  private:
    pid_t process_ = -1;
};

} // namespace gatehouse::bench
