#include "tests/integration/gatehouse_process.h"

#include "tests/support/eventually.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace gatehouse::testing_support {
namespace {

constexpr milliseconds start_limit{30'000}; // sanitizers on a busy machine
constexpr int signal_base = 128;

std::string binary() {
    const char* chosen = std::getenv("GATEHOUSE_BINARY");
    return chosen == nullptr ? GATEHOUSE_BINARY : chosen;
}

/// What execve() takes, made before fork(): behind it only async-signal-safe calls are allowed.
class text_array {
  public:
    explicit text_array(std::vector<std::string> texts) : texts_(std::move(texts)) {
        for (std::string& text : texts_) {
            pointers_.push_back(text.data());
        }
        pointers_.push_back(nullptr);
    }
    [[nodiscard]] char* const* data() const { return pointers_.data(); }

  private:
    std::vector<std::string> texts_;
    std::vector<char*> pointers_;
};

text_array environment_with(std::vector<std::string> more) {
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (!std::string_view(*entry).starts_with("GATEHOUSE_")) {
            more.emplace_back(*entry);
        }
    }
    return text_array(std::move(more));
}

void redirect(const char* file, int descriptor, int flags) {
    const int opened = open(file, flags, 0600);
    if (opened < 0 || dup2(opened, descriptor) < 0) {
        _exit(signal_base - 1);
    }
}

pid_t spawn(
    const arguments& command,
    const std::vector<std::string>& environment,
    const temp_dir& output
) {
    arguments all = {binary()};
    all.insert(all.end(), command.begin(), command.end());
    const text_array argv(all);
    const text_array envp = environment_with(environment);
    const std::string out = output / "stdout";
    const std::string err = output / "stderr";
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) {
        throw std::runtime_error("fork failed");
    }
    if (child > 0) {
        return child;
    }
    // Dies with the test, and not at all if the test died in between.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(signal_base - 1);
    }
    redirect("/dev/null", STDIN_FILENO, O_RDONLY);
    redirect(out.c_str(), STDOUT_FILENO, O_WRONLY | O_CREAT | O_APPEND);
    redirect(err.c_str(), STDERR_FILENO, O_WRONLY | O_CREAT | O_APPEND);
    execve(argv.data()[0], argv.data(), envp.data());
    _exit(signal_base - 1);
}

std::optional<int> ended(pid_t child) {
    int status = 0;
    if (waitpid(child, &status, WNOHANG) != child) {
        return std::nullopt;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : signal_base + WTERMSIG(status);
}

} // namespace

finished_command run_gatehouse(
    const arguments& command,
    const std::vector<std::string>& environment,
    seconds limit
) {
    const temp_dir output;
    const pid_t child = spawn(command, environment, output);
    std::optional<int> code;
    if (!eventually(limit, [&] { return (code = ended(child)).has_value(); })) {
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
    }
    return {
        code.value_or(signal_base + SIGKILL),
        text_of(output / "stdout"),
        text_of(output / "stderr")};
}

gatehouse_process::gatehouse_process(
    const arguments& flags,
    const std::vector<std::string>& environment
) {
    const std::string port_file = scratch_ / "ports";
    arguments command = {
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--ops-listen",
        "127.0.0.1:0",
        "--port-file",
        port_file,
    };
    command.insert(command.end(), flags.begin(), flags.end());
    pid_ = spawn(command, environment, scratch_);
    wait_until_ready(port_file);
}

gatehouse_process::~gatehouse_process() {
    if (!ended_) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
}

void gatehouse_process::wait_until_ready(const std::string& port_file) {
    const bool ready = eventually(start_limit, [&] {
        std::istringstream ports(text_of(port_file));
        std::string webhook;
        std::string ops;
        const bool whole =
            bool(ports >> webhook >> webhook_port_ >> ops >> ops_port_) && ports.peek() == '\n';
        return (whole && webhook == "webhook" && ops == "ops") || !is_alive();
    });
    if (!ready || ended_) {
        const std::string text = log();
        if (!ended_) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
        }
        throw std::runtime_error("gatehouse serve did not start: " + text);
    }
}

void gatehouse_process::send_signal(int number) const { kill(pid_, number); }

std::optional<int> gatehouse_process::wait(milliseconds limit) {
    if (!ended_) {
        static_cast<void>(eventually(limit, [&] { return (ended_ = ended(pid_)).has_value(); }));
    }
    return ended_;
}

std::string gatehouse_process::log() const { return text_of(scratch_ / "stderr"); }

} // namespace gatehouse::testing_support
