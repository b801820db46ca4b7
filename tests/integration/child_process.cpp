#include "tests/integration/child_process.h"

#include "tests/support/eventually.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

extern char** environ;

namespace gatehouse::testing_support {
namespace {

constexpr int signal_base = 128;

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

} // namespace

child_process::child_process(
    arguments command,
    const std::vector<std::string>& environment,
    const temp_dir& output
)
    : output_(output) {
    const text_array argv(std::move(command));
    const text_array envp = environment_with(environment);
    const std::string out = output / "stdout";
    const std::string err = output / "stderr";
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ < 0) {
        throw std::runtime_error("fork failed");
    }
    if (pid_ > 0) {
        return;
    }
    // Dies with the test, and not at all if the test died in between.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(signal_base - 1);
    }
    // Shells start what runs in the background with SIGINT ignored, and that is handed down.
    signal(SIGINT, SIG_DFL);
    redirect("/dev/null", STDIN_FILENO, O_RDONLY);
    redirect(out.c_str(), STDOUT_FILENO, O_WRONLY | O_CREAT | O_APPEND);
    redirect(err.c_str(), STDERR_FILENO, O_WRONLY | O_CREAT | O_APPEND);
    execve(argv.data()[0], argv.data(), envp.data());
    _exit(signal_base - 1);
}

child_process::~child_process() { kill(); }

void child_process::send_signal(int number) const { ::kill(pid_, number); }

std::optional<int> child_process::wait(milliseconds limit) {
    const auto has_ended = [&] {
        int status = 0;
        if (waitpid(pid_, &status, WNOHANG) == pid_) {
            ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : signal_base + WTERMSIG(status);
        }
        return ended_.has_value();
    };
    if (!ended_) {
        static_cast<void>(eventually(limit, has_ended));
    }
    return ended_;
}

void child_process::kill() {
    if (!ended_) {
        ::kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        ended_ = signal_base + SIGKILL;
    }
}

} // namespace gatehouse::testing_support
