#include "server/process_figures.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <string>
#include <string_view>

namespace gatehouse::server {
namespace {

std::string text_of(const char* path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return {};
    }
    std::array<char, 8192> buffer{};
    const ssize_t size = read(file, buffer.data(), buffer.size());
    close(file);
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// The word of that number, counted from 0.
std::uint64_t number_at(std::string_view text, int index) {
    for (; index > 0; --index) {
        const std::size_t space = text.find(' ');
        if (space == std::string_view::npos) {
            return 0;
        }
        text.remove_prefix(space + 1);
    }
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

double boot_time() {
    constexpr std::string_view key = "btime ";
    std::string text;
    const int file = open("/proc/stat", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return 0;
    }
    // The line stands behind one of each core and a long one of interrupts.
    std::array<char, 16384> buffer{};
    for (ssize_t size = 1; size > 0 && text.find(key) == std::string::npos;) {
        size = read(file, buffer.data(), buffer.size());
        text.append(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    }
    close(file);
    const std::size_t at = text.find(key);
    return at == std::string::npos
               ? 0
               : static_cast<double>(number_at(std::string_view(text).substr(at), 1));
}

std::uint64_t count_descriptors() {
    std::error_code failed;
    std::uint64_t count = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end;
         at.increment(failed)) {
        ++count;
    }
    return count == 0 ? 0 : count - 1; // one of them is the listing's own
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

} // namespace

std::optional<process_figures> read_process_figures() {
    const std::string pages = text_of("/proc/self/statm");
    const std::string stat = text_of("/proc/self/stat");
    const std::size_t behind_name = stat.rfind(") ");
    if (pages.empty() || behind_name == std::string::npos) {
        return std::nullopt;
    }
    // proc(5): state is the third field of stat, the start time in ticks since boot the 22nd.
    const std::uint64_t start_ticks = number_at(std::string_view(stat).substr(behind_name + 2), 19);
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    static const double boot = boot_time();
    return process_figures{
        .resident_bytes = number_at(pages, 1) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)),
        .cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime),
        .open_descriptors = count_descriptors(),
        .start_time =
            boot + static_cast<double>(start_ticks) / static_cast<double>(sysconf(_SC_CLK_TCK)),
    };
}

} // namespace gatehouse::server
