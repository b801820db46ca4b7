#include "server/certificates/certificate_files.h"

#include "policy/text.h"
#include "server/policy_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;
using policy::result;

constexpr std::size_t most_bytes = std::size_t{1} << 20;

error failed(const std::string& path, std::string_view why) {
    return {errc::unavailable, fmt::format("{}: {}", policy::one_line(path), why)};
}

result<void> write_new(const std::string& path, const std::string& text, mode_t mode) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) {
        return failed(path, std::strerror(errno));
    }
    std::string_view rest = text;
    while (!rest.empty()) {
        const ssize_t written = write(file, rest.data(), rest.size());
        if (written < 0 && errno != EINTR) {
            const int why = errno;
            close(file);
            return failed(path, std::strerror(why));
        }
        rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return close(file) == 0 ? result<void>(policy::success()) : failed(path, std::strerror(errno));
}

} // namespace

result<void> write_certificate_files(
    const std::string& directory,
    const secret_contents& contents
) {
    if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
        return failed(directory, std::strerror(errno));
    }
    struct file {
        const char* name;
        const std::string& text;
        mode_t mode;
    };
    const std::array<file, 4> files{{
        {"ca.key", contents.authority_key.reveal(), 0600},
        {"tls.key", contents.leaf_key.reveal(), 0600},
        {"ca.crt", contents.bundle, 0644},
        {"tls.crt", contents.leaf, 0644},
    }};
    for (const file& one : files) {
        const std::string path = fmt::format("{}/{}", directory, one.name);
        if (access(path.c_str(), F_OK) == 0) {
            return failed(path, "is there already, and nothing is overwritten");
        }
    }
    for (const file& one : files) {
        GATEHOUSE_TRY(write_new(fmt::format("{}/{}", directory, one.name), one.text, one.mode));
    }
    return policy::success();
}

result<secret_contents> read_certificate_files(const std::string& directory) {
    const auto read = [&](const char* name) -> result<std::string> {
        const std::string path = fmt::format("{}/{}", directory, name);
        auto text = read_text_file(path, most_bytes);
        if (!text) {
            return failed(path, text.error().detail());
        }
        return std::move(text).value();
    };
    secret_contents out;
    GATEHOUSE_TRY(out.leaf, read("tls.crt"));
    GATEHOUSE_TRY(auto leaf_key, read("tls.key"));
    GATEHOUSE_TRY(out.bundle, read("ca.crt"));
    GATEHOUSE_TRY(auto authority_key, read("ca.key"));
    out.leaf_key = secret(std::move(leaf_key));
    out.authority_key = secret(std::move(authority_key));
    return out;
}

} // namespace gatehouse::server
