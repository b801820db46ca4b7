#include "server/image/account_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::server {

using policy::errc;
using policy::error;

account_search::account_search(std::size_t layers, const policy::layer_limits& limits)
    : limits_(limits), files_{file_search("etc/passwd", layers), file_search("etc/group", layers)} {
    if (layers > most_layers) {
        outcome_ = error(
            errc::too_large,
            fmt::format(
                "{} layers are more than the {} that an image can have", layers, most_layers
            )
        );
        return;
    }
    conclude();
}

bool account_search::is_under_way(std::size_t file, std::size_t layer) const {
    return std::ranges::any_of(scans_, [&](const scan& one) {
        return one.layer == layer && std::ranges::any_of(one.parts, [&](const scan::part& part) {
                   return part.file == file && part.pass == files_[file].pass();
               });
    });
}

/// The newest layer that a file waits for, and with it every file that waits for the same; else, while that one is
/// read, the layer below it.
std::optional<layer_request> account_search::next_request() {
    std::size_t newest = 0;
    for (const file_search& file : files_) {
        if (!file.is_settled()) {
            newest = std::max(newest, file.layer());
        }
    }
    for (const std::size_t below : {std::size_t{0}, std::size_t{1}}) {
        if (below > newest) {
            break;
        }
        layer_request request{.layer = newest - below, .question = {}};
        scan begun{.layer = request.layer, .parts = {}, .found = {}};
        for (std::size_t i = 0; i < files_.size(); ++i) {
            const file_search& file = files_[i];
            const bool waits = !file.is_settled() && file.layer() >= request.layer;
            if (waits && !is_under_way(i, request.layer)) {
                begun.parts.push_back({i, file.pass()});
                request.question.push_back(file.sought_in(request.layer));
            }
        }
        if (begun.parts.empty()) {
            continue;
        }
        const bool is_busy = std::ranges::any_of(scans_, [&](const scan& one) {
            return one.layer == request.layer;
        });
        if (is_busy) {
            break; // read for a path that is no longer sought; again when that is over
        }
        request.image_bytes_left = limits_.image_bytes - std::min(limits_.image_bytes, bytes_);
        scans_.push_back(std::move(begun));
        return request;
    }
    return std::nullopt;
}

std::vector<layer_request> account_search::take_requests() {
    std::vector<layer_request> out;
    while (!outcome_ && scans_.size() < most_under_way) {
        auto request = next_request();
        if (!request) {
            break;
        }
        if (++begun_ > most_scans) {
            outcome_ = error(
                errc::too_large, fmt::format("layers would be read more than {} times", most_scans)
            );
            return {};
        }
        out.push_back(*std::move(request));
    }
    return out;
}

bool account_search::is_wanted(const scan& one, const scan::part& part) const {
    const file_search& file = files_[part.file];
    return !file.is_settled() && file.pass() == part.pass && file.layer() >= one.layer;
}

void account_search::give(std::size_t layer, layer_findings found) {
    const auto one = std::ranges::find_if(scans_, [&](const scan& each) {
        return each.layer == layer && !each.found;
    });
    if (one == scans_.end() || outcome_) {
        return;
    }
    bytes_ += std::min(found.bytes, limits_.image_bytes + 1);
    if (bytes_ > limits_.image_bytes) {
        outcome_ = error(
            errc::too_large,
            fmt::format(
                "the layers hold more than {} bytes (limits.imageBytes)", limits_.image_bytes
            )
        );
        return;
    }
    one->found = std::move(found);
    use_findings();
}

void account_search::use_findings() {
    while (!outcome_ && use_one()) {
        conclude();
    }
    std::erase_if(scans_, [&](const scan& one) {
        return one.found && std::ranges::none_of(one.parts, [&](const scan::part& part) {
                   return is_wanted(one, part);
               });
    });
}

bool account_search::use_one() {
    for (const scan& one : scans_) {
        for (std::size_t i = 0; one.found && i < one.parts.size(); ++i) {
            file_search& file = files_[one.parts[i].file];
            if (is_wanted(one, one.parts[i]) && file.layer() == one.layer) {
                const bool was_answered = i < one.found->paths.size();
                file.take(was_answered ? one.found->paths[i] : std::vector<layer_node>());
                return true;
            }
        }
    }
    return false;
}

void account_search::conclude() {
    for (const file_search& file : files_) {
        if (!file.problem().empty()) {
            outcome_ = error(errc::malformed, file.problem());
            return;
        }
    }
    if (std::ranges::all_of(files_, &file_search::is_settled)) {
        outcome_ = account_files{.passwd = files_[0].content(), .group = files_[1].content()};
    }
}

} // namespace gatehouse::server
