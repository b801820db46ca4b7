#include "server/port_file.h"

#include "policy/text.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace gatehouse::server {
namespace {

policy::error failed(const std::string& path) {
    const std::string why = std::generic_category().message(errno);
    return {policy::errc::unavailable, fmt::format("{}: {}", policy::printable(path), why)};
}

} // namespace

policy::result<void> write_port_file(const std::string& path, chosen_ports ports) {
    // Beside it, as renaming works within one file system only; by process, as others may write there.
    const std::string beside = fmt::format("{}.{}.tmp", path, getpid());
    std::FILE* file = std::fopen(beside.c_str(), "we");
    if (file == nullptr) {
        return failed(path);
    }
    const bool is_written =
        std::fprintf(file, "webhook %u\nops %u\n", unsigned{ports.webhook}, unsigned{ports.ops})
        > 0;
    const bool is_closed = std::fclose(file) == 0;
    if (!is_written || !is_closed || std::rename(beside.c_str(), path.c_str()) != 0) {
        auto error = failed(path);
        unlink(beside.c_str());
        return error;
    }
    return policy::success();
}

} // namespace gatehouse::server
