#include "server/image/path_hashes.h"

#include "server/image/inner_path.h"

#include <algorithm>
#include <functional>

namespace gatehouse::server {

void path_hashes::settle() {
    std::sort(hashes_.begin(), hashes_.end());
    hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
    settled_ = hashes_.size();
}

bool path_hashes::add(std::string_view path) {
    constexpr std::size_t unsettled = std::size_t{1} << 16;
    hashes_.push_back(std::hash<std::string_view>()(path));
    if (hashes_.size() > settled_ + std::max(unsettled, settled_)) {
        settle();
    }
    return settled_ <= most_;
}

bool path_hashes::add_with_parents(std::string_view path) {
    bool has_room = true;
    for (; !path.empty() && has_room; path = directory_of(path)) {
        has_room = add(path);
    }
    return has_room;
}

bool path_hashes::meets(path_hashes& other) {
    settle();
    other.settle();
    return std::ranges::any_of(hashes_, [&](std::uint64_t one) {
        return std::binary_search(other.hashes_.begin(), other.hashes_.end(), one);
    });
}

} // namespace gatehouse::server
