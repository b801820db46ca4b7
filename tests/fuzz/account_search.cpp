// The search through layers that are made from the bytes, against an overlay in memory: what it tells is what a
// process in the container would read. Where it tells nothing it says why.
#include "server/image/account_search.h"

#include "server/image/layer_tracker.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/overlay_model.h"

#include <array>
#include <string>
#include <vector>

namespace gatehouse::fuzzing {
namespace {

using server::entry_kind;
using testing_support::model_entry;
using testing_support::overlay_model;

constexpr std::array<const char*, 16> paths = {
    "etc",
    "etc/passwd",
    "etc/group",
    "etc/x",
    "a",
    "a/passwd",
    "a/etc",
    "a/etc/passwd",
    "x",
    "./etc/passwd/",
    "/etc/group/y",
    "a/x/passwd",
    "etc/x/group",
    "usr/../etc/x",
    ".",
    "x/passwd"};
constexpr std::array<const char*, 16> targets = {
    "etc",
    "/etc",
    "passwd",
    "group",
    "/a",
    "../a",
    "x",
    "/x",
    "a/etc",
    "../../x/passwd",
    "/",
    ".",
    "..",
    "/a/x/",
    "x/../passwd",
    "/etc/x"};

/// Two bytes an entry: kind and path, then where a link leads or what a file holds.
std::vector<std::vector<model_entry>> layers_of(std::string_view input) {
    std::vector<std::vector<model_entry>> layers(1);
    for (std::size_t i = 0; i + 1 < input.size() && i < 400; i += 2) {
        const auto first = static_cast<unsigned char>(input[i]);
        const auto second = static_cast<unsigned char>(input[i + 1]);
        std::string path = paths[first & 15U];
        model_entry entry;
        switch (first >> 4U) {
        case 0:
        case 1:
        case 2:
            entry.content = std::to_string(second);
            break;
        case 3:
        case 4:
        case 5:
            entry.header.kind = entry_kind::directory;
            break;
        case 6:
        case 7:
            entry.header.kind = entry_kind::symlink;
            entry.header.link = targets[second & 15U];
            break;
        case 8:
        case 9:
            entry.header.kind = entry_kind::hard_link;
            entry.header.link = paths[second & 15U];
            break;
        case 10:
            entry.header.kind = entry_kind::other;
            break;
        case 11:
        case 12: {
            const std::size_t slash = path.rfind('/') + 1;
            path.insert(slash, ".wh.");
            break;
        }
        case 13:
            path += "/.wh..wh..opq";
            break;
        default:
            layers.emplace_back();
            continue;
        }
        entry.header.path = path;
        layers.back().push_back(std::move(entry));
    }
    return layers;
}

/// Nothing where the layer cannot be told.
std::optional<server::layer_findings> scanned(
    const std::vector<model_entry>& layer,
    const server::layer_question& question
) {
    server::layer_tracker tracker(question);
    for (const model_entry& entry : layer) {
        const auto is_sought = tracker.add(entry.header);
        if (!is_sought) {
            require_message(is_sought.error().detail(), 300);
            return std::nullopt;
        }
        if (is_sought.value()) {
            tracker.add_content(entry.content, false);
        }
    }
    auto found = std::move(tracker).finish();
    if (!found) {
        require_message(found.error().detail(), 300);
        return std::nullopt;
    }
    require(found.value().paths.size() == question.size(), "every question has its answer");
    return std::move(found).value();
}

void require_as_in(
    const overlay_model& image,
    const char* path,
    const std::optional<std::string>& told
) {
    const overlay_model::node there = image.open(path);
    if (told) {
        require(there.is == overlay_model::kind::file, "a file that is told is one");
        require(there.text == *told, "a file that is told has that content");
    } else {
        require(there.is == overlay_model::kind::absent, "a file that is told absent is not there");
    }
}

} // namespace

void fuzz_account_search(std::string_view input) {
    const auto layers = layers_of(input);
    server::account_search search(layers.size());
    // The last byte says whether the layer below answers first.
    const bool is_reversed = !input.empty() && (static_cast<unsigned char>(input.back()) & 1U) != 0;
    while (!search.outcome()) {
        auto requests = search.take_requests();
        require(!requests.empty() || search.outcome(), "a search asks until it has an outcome");
        while (!requests.empty() && !search.outcome()) {
            const auto at = is_reversed ? requests.end() - 1 : requests.begin();
            auto found = scanned(layers.at(at->layer), at->question);
            if (!found) {
                return;
            }
            search.give(at->layer, *std::move(found));
            requests.erase(at);
        }
    }
    if (!*search.outcome()) {
        require_message(search.outcome()->error().detail(), 600);
        return;
    }
    overlay_model image;
    for (const auto& layer : layers) {
        if (!image.unpack(layer)) {
            return;
        }
    }
    require_as_in(image, "etc/passwd", search.outcome()->value().passwd);
    require_as_in(image, "etc/group", search.outcome()->value().group);
}

} // namespace gatehouse::fuzzing
