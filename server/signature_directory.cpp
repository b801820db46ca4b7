#include "server/signature_directory.h"

#include "policy/text.h"
#include "server/policy_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;
using candidates_fact = policy::fact<std::vector<policy::signature_candidate>>;

policy::fetch_failure unreadable(const fs::path& what, std::string_view why) {
    return {
        .cause = policy::failure_cause::malformed,
        .detail = fmt::format("{} could not be read: {}", policy::printable(what.string()), why),
        .host_is_listed = false};
}

policy::result<std::vector<fs::path>> bundles_in(const fs::path& directory) {
    std::vector<fs::path> files;
    std::error_code failure;
    fs::directory_iterator entries(directory, failure);
    if (failure == std::errc::no_such_file_or_directory) {
        return files;
    }
    for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
        const fs::path& path = entries->path();
        if (path.extension() != ".json" || path.filename().native().starts_with('.')) {
            continue;
        }
        if (files.size() == most_signature_files) {
            return policy::error(
                policy::errc::too_large,
                fmt::format("there are more than {} files", most_signature_files)
            );
        }
        files.push_back(path);
    }
    if (failure) {
        return policy::error(policy::errc::unavailable, failure.message());
    }
    std::ranges::sort(files);
    return files;
}

} // namespace

candidates_fact read_signatures(const std::string& directory, const policy::digest& image) {
    const auto algorithm =
        image.algorithm() == policy::digest_algorithm::sha256 ? "sha256" : "sha512";
    const fs::path place = fs::path(directory) / algorithm / image.hex();
    const auto files = bundles_in(place);
    if (!files) {
        return unreadable(place, files.error().detail());
    }
    std::vector<policy::signature_candidate> found;
    for (const fs::path& path : files.value()) {
        std::error_code ignored; // reading tells what is wrong
        if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
            return unreadable(path, "this is not a regular file"); // a pipe would block
        }
        auto text = read_text_file(path.string(), most_signature_file_bytes);
        if (!text) {
            return unreadable(path, text.error().detail());
        }
        policy::signature_candidate one;
        one.store = policy::signature_store::directory;
        one.format = policy::signature_format::bundle;
        one.content = std::move(text).value();
        one.where = "file " + policy::printable(path.filename().string());
        found.push_back(std::move(one));
    }
    return found;
}

signature_directory::signature_directory(
    std::shared_ptr<evidence_store> registry,
    std::string directory,
    cpu_pool& files
)
    : registry_(std::move(registry)), directory_(std::move(directory)), files_(files) {}

awaitable<policy::fact<policy::digest>> signature_directory::resolve(
    policy::reference image,
    tick_time deadline
) {
    return registry_->resolve(std::move(image), deadline);
}

awaitable<candidates_fact> signature_directory::candidates(
    std::string repository,
    policy::digest image,
    tick_time deadline
) {
    auto found = co_await registry_->candidates(std::move(repository), image, deadline);
    if (std::holds_alternative<policy::fetch_failure>(found)) {
        co_return found;
    }
    auto read = [directory = directory_, image] { return read_signatures(directory, image); };
    auto here = co_await files_.run(std::move(read));
    if (std::holds_alternative<policy::fetch_failure>(here)) {
        co_return here;
    }
    auto& all = std::get<std::vector<policy::signature_candidate>>(found);
    auto& more = std::get<std::vector<policy::signature_candidate>>(here);
    std::ranges::move(more, std::back_inserter(all));
    co_return found;
}

} // namespace gatehouse::server
