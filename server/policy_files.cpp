#include "server/policy_files.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;
using policy::errc;
using policy::error;

struct close_file {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

error from_errno(int number) {
    const errc code = number == ENOENT || number == ENOTDIR ? errc::not_found
                      : number == EACCES || number == EPERM ? errc::unauthorized
                                                            : errc::unavailable;
    return {code, std::generic_category().message(number)};
}

bool is_policy_name(std::string_view name) {
    return !name.starts_with('.')
           && (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"));
}

class reader {
  public:
    policy_files run(std::span<const std::string> paths) {
        for (const std::string& path : paths) {
            out_.paths.push_back(path);
            std::error_code ignored; // reading tells what is wrong
            if (fs::is_directory(path, ignored)) {
                read_directory(path);
            } else {
                read_file(path);
            }
        }
        return std::move(out_);
    }

  private:
    void read_directory(const std::string& path) {
        std::vector<std::string> names;
        std::error_code failure;
        fs::directory_iterator entries(path, failure);
        for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
            std::error_code ignored;
            const std::string name = entries->path().filename().string();
            if (is_policy_name(name) && !entries->is_directory(ignored)) {
                names.push_back(name);
            }
        }
        if (failure) {
            fail(path, failure.message());
            return;
        }
        if (names.empty()) {
            fail(path, "the directory has no *.yaml, *.yml or *.json file");
        }
        std::ranges::sort(names);
        for (const std::string& name : names) {
            if (out_.sources.size() >= most_policy_files) {
                fail(path, fmt::format("there are more than {} files", most_policy_files));
                return;
            }
            const std::string file = (fs::path(path) / name).string();
            out_.paths.push_back(file);
            std::error_code ignored;
            // A pipe would block; a link to nothing is told by reading.
            if (fs::exists(file, ignored) && !fs::is_regular_file(file, ignored)) {
                fail(file, "this is not a regular file");
                continue;
            }
            read_file(file);
        }
    }

    void read_file(const std::string& path) {
        policy::result<std::string> text = read_text_file(path, most_policy_file_bytes);
        if (!text) {
            fail(path, text.error().detail());
            return;
        }
        out_.sources.push_back({path, std::move(text).value()});
    }

    void fail(const std::string& path, std::string_view message) {
        out_.errors.push_back(fmt::format("{}: {}", policy::one_line(path), message));
    }

    policy_files out_;
};

} // namespace

policy::result<std::string> read_text_file(const std::string& path, std::size_t limit) {
    const std::unique_ptr<std::FILE, close_file> file(std::fopen(path.c_str(), "rbe"));
    if (!file) {
        return from_errno(errno);
    }
    std::string text;
    char buffer[16 * 1024];
    while (const std::size_t taken = std::fread(buffer, 1, sizeof(buffer), file.get())) {
        text.append(buffer, taken);
        if (text.size() > limit) {
            return error(errc::too_large, fmt::format("the file is larger than {} bytes", limit));
        }
    }
    if (std::ferror(file.get()) != 0) {
        return from_errno(errno);
    }
    return text;
}

policy_files read_policy_files(std::span<const std::string> paths) { return reader().run(paths); }

} // namespace gatehouse::server
