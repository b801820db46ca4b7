#include "tests/bench/child.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace gatehouse::bench {

namespace {

/// Between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, const cpu_set_t& cores, int output) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::sched_setaffinity(0, sizeof cores, &cores);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(arguments[0], arguments);
    ::_exit(127);
}

bool has_ended(pid_t process, std::chrono::milliseconds within) {
    const auto give_up = std::chrono::steady_clock::now() + within;
    do {
        if (::waitpid(process, nullptr, WNOHANG) == process) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    } while (std::chrono::steady_clock::now() < give_up);
    return false;
}

} // namespace

child::child(const std::vector<std::string>& command, std::size_t core) {
    std::vector<std::string> copies = command;
    std::vector<char*> arguments;
    arguments.reserve(copies.size() + 1);
    for (std::string& one : copies) {
        arguments.push_back(one.data());
    }
    arguments.push_back(nullptr);
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    const int output = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    process_ = ::fork();
    if (process_ == 0) {
        become(arguments.data(), cores, output);
    }
    ::close(output);
    if (process_ < 0) {
        throw std::runtime_error("cannot start a process");
    }
}

child::~child() {
    // A second SIGTERM ends a server at once that the first one made drain.
    for (const int signal : std::array{SIGTERM, SIGTERM, SIGKILL}) {
        ::kill(process_, signal);
        if (has_ended(process_, std::chrono::milliseconds{signal == SIGKILL ? 5000 : 100})) {
            return;
        }
    }
}

bool child::is_running() const noexcept {
    siginfo_t state{};
    return ::waitid(P_PID, static_cast<id_t>(process_), &state, WEXITED | WNOHANG | WNOWAIT) == 0
           && state.si_pid == 0;
}

} // namespace gatehouse::bench
