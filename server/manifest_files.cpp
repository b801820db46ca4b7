#include "server/manifest_files.h"

#include "policy/error.h"
#include "server/policy_files.h"

#include <cstddef>
#include <filesystem>
#include <utility>
#include <vector>

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_manifest_bytes = std::size_t{64} * 1024 * 1024;

} // namespace

void manifest_files::visit(const std::string& path, const visitor& each) {
    std::error_code ignored; // reading tells what is wrong
    if (path != "-" && fs::is_directory(path, ignored)) {
        visit_directory(path, each);
    } else if (path == "-" || (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored))) {
        each(path, kept(path));
    } else {
        each(path, read_text_file(path, most_manifest_bytes));
    }
}

void manifest_files::visit_directory(const std::string& path, const visitor& each) {
    const policy::result<std::vector<std::string>> files = manifest_files_in(path);
    if (!files) {
        each(path, files.error());
        return;
    }
    for (const std::string& file : files.value()) {
        std::error_code ignored;
        // A pipe would block; a link to nothing is told by reading.
        if (fs::exists(file, ignored) && !fs::is_regular_file(file, ignored)) {
            each(file, policy::error(policy::errc::malformed, "this is not a regular file"));
        } else {
            each(file, read_text_file(file, most_manifest_bytes));
        }
    }
}

const policy::result<std::string>& manifest_files::kept(const std::string& path) {
    const auto known = kept_.find(path);
    if (known != kept_.end()) {
        return known->second;
    }
    auto text = path == "-" ? read_standard_input(most_manifest_bytes)
                            : read_text_file(path, most_manifest_bytes);
    return kept_.emplace(path, std::move(text)).first->second;
}

} // namespace gatehouse::server
