#include "server/image/inner_path.h"

#include "policy/text.h"

#include <algorithm>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

/// Calls `take` for every name between slashes that is not empty and not ".", until it says false.
template <class Take>
bool for_each_name(std::string_view text, Take take) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('/'), text.size());
        const std::string_view name = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!name.empty() && name != "." && !take(name)) {
            return false;
        }
    }
    return true;
}

void append_name(std::string& path, std::string_view name) {
    if (!path.empty()) {
        path += '/';
    }
    path += name;
}

void drop_name(std::string& path) { path.resize(directory_of(path).size()); }

} // namespace

policy::result<std::string> clean_path(std::string_view text) {
    if (text.size() > longest_inner_path) {
        return error(errc::too_large, "has a path of more than 4096 bytes");
    }
    std::string path;
    path.reserve(text.size());
    const bool is_inside = for_each_name(text, [&](std::string_view name) {
        if (name != "..") {
            append_name(path, name);
            return true;
        }
        const bool can_climb = !path.empty();
        drop_name(path);
        return can_climb;
    });
    if (!is_inside) {
        return error(errc::malformed, "leaves the root: " + policy::quoted(text));
    }
    return path;
}

policy::result<std::string> follow_link(std::string_view directory, std::string_view target) {
    if (target.empty()) {
        return error(errc::malformed, "is a link to nothing");
    }
    std::string path(target.front() == '/' ? std::string_view() : directory);
    bool has_entered = false;
    const bool is_clear = for_each_name(target, [&](std::string_view name) {
        if (name != "..") {
            append_name(path, name);
            has_entered = true;
            return true;
        }
        drop_name(path);
        return !has_entered;
    });
    if (!is_clear) {
        return error(
            errc::malformed,
            "is a link to " + policy::plain_or_quoted(target) + ", which runtimes read differently"
        );
    }
    if (path.size() > longest_inner_path) {
        return error(errc::too_large, "is a link to a path of more than 4096 bytes");
    }
    return path;
}

std::string join_path(std::string_view head, std::string_view tail) {
    std::string path(head);
    if (!tail.empty()) {
        append_name(path, tail);
    }
    return path;
}

std::string_view directory_of(std::string_view path) noexcept {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_in(std::string_view path) noexcept {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

std::vector<std::size_t> name_ends(std::string_view path) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '/') {
            ends.push_back(i);
        }
    }
    if (!path.empty()) {
        ends.push_back(path.size());
    }
    return ends;
}

} // namespace gatehouse::server
