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

bool is_manifest_name(std::string_view name) {
    return !name.starts_with('.')
           && (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"));
}

policy::result<std::string> read_all(std::FILE* file, std::size_t limit) {
    std::string text;
    char buffer[16 * 1024];
    while (const std::size_t taken = std::fread(buffer, 1, sizeof(buffer), file)) {
        text.append(buffer, taken);
        if (text.size() > limit) {
            return error(errc::too_large, fmt::format("the file is larger than {} bytes", limit));
        }
    }
    if (std::ferror(file) != 0) {
        return from_errno(errno);
    }
    return text;
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
        const policy::result<std::vector<std::string>> files = manifest_files_in(path);
        if (!files) {
            fail(path, files.error().detail());
            return;
        }
        for (const std::string& file : files.value()) {
            if (out_.sources.size() >= most_policy_files) {
                fail(path, fmt::format("there are more than {} files", most_policy_files));
                return;
            }
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

policy::result<std::vector<std::string>> manifest_files_in(const std::string& directory) {
    std::vector<std::string> files;
    std::error_code failure;
    fs::directory_iterator entries(directory, failure);
    for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
        std::error_code ignored;
        const std::string name = entries->path().filename().string();
        if (is_manifest_name(name) && !entries->is_directory(ignored)) {
            files.push_back((fs::path(directory) / name).string());
        }
    }
    if (failure) {
        return from_errno(failure.value());
    }
    if (files.empty()) {
        return error(errc::not_found, "the directory has no *.yaml, *.yml or *.json file");
    }
    std::ranges::sort(files);
    return files;
}

policy::result<std::string> read_text_file(const std::string& path, std::size_t limit) {
    const std::unique_ptr<std::FILE, close_file> file(std::fopen(path.c_str(), "rbe"));
    return file ? read_all(file.get(), limit) : from_errno(errno);
}

policy::result<std::string> read_standard_input(std::size_t limit) {
    return read_all(stdin, limit);
}

policy_files read_policy_files(std::span<const std::string> paths) { return reader().run(paths); }

} // namespace gatehouse::server
