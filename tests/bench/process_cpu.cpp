#include "tests/bench/process_cpu.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace gatehouse::bench {

namespace {

/// utime + stime: fields 14 and 15 of stat, counted behind the name's closing parenthesis.
std::chrono::nanoseconds from_ticks(const std::filesystem::path& process) {
    std::ifstream file(process / "stat");
    std::string line;
    if (!std::getline(file, line) || line.rfind(')') == std::string::npos) {
        throw std::runtime_error("cannot read " + (process / "stat").string());
    }
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        fields >> skipped;
    }
    std::int64_t user = 0;
    std::int64_t system = 0;
    fields >> user >> system;
    return std::chrono::nanoseconds{(user + system) * (1'000'000'000 / sysconf(_SC_CLK_TCK))};
}

} // namespace

std::chrono::nanoseconds process_cpu(pid_t process) {
    const std::filesystem::path root = "/proc/" + std::to_string(process);
    std::chrono::nanoseconds sum{0};
    for (const auto& thread : std::filesystem::directory_iterator(root / "task")) {
        std::ifstream file(thread.path() / "schedstat");
        std::int64_t running = 0;
        if (!(file >> running)) {
            return from_ticks(root);
        }
        sum += std::chrono::nanoseconds{running};
    }
    return sum;
}

} // namespace gatehouse::bench
