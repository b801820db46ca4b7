#include "tests/support/overlay_model.h"

#include "server/image/inner_path.h"

#include <numeric>

namespace gatehouse::testing_support {
namespace {

using server::directory_of;
using server::join_path;
using server::name_in;

/// Go's filepath.Join("/", head, tail), without the slash in front.
std::string joined(std::string_view head, std::string_view tail) {
    std::vector<std::string> names;
    std::string all = std::string(head) + '/' + std::string(tail) + '/';
    std::string name;
    for (const char c : all) {
        if (c != '/') {
            name += c;
            continue;
        }
        if (name == ".." && !names.empty()) {
            names.pop_back();
        } else if (!name.empty() && name != "." && name != "..") {
            names.push_back(name);
        }
        name.clear();
    }
    std::string path;
    for (const std::string& one : names) {
        path = join_path(path, one);
    }
    return path;
}

std::string led(std::string_view directory, const std::string& target) {
    return joined(target.starts_with('/') ? std::string_view() : directory, target);
}

std::vector<std::string> prefixes(std::string_view path) {
    std::vector<std::string> out;
    for (const std::size_t end : server::name_ends(path)) {
        out.emplace_back(path.substr(0, end));
    }
    return out;
}

} // namespace

std::optional<std::string> overlay_model::resolved_in(const tree& upper, std::string path) {
    for (int links = 0; links < 256;) {
        bool was_link = false;
        for (const std::string& part : prefixes(path)) {
            const auto found = upper.find(part);
            if (found == upper.end()) {
                return path;
            }
            if (found->second.is == kind::symlink) {
                const std::string rest =
                    part.size() == path.size() ? std::string() : path.substr(part.size() + 1);
                path = join_path(led(directory_of(part), found->second.text), rest);
                was_link = true;
                ++links;
                break;
            }
            if (found->second.is != kind::directory) {
                return part.size() == path.size() ? std::optional(path) : std::nullopt;
            }
        }
        if (!was_link) {
            return path;
        }
    }
    return std::nullopt;
}

bool overlay_model::make_directories(tree& upper, std::string_view path) {
    for (const std::string& part : prefixes(path)) {
        node& one = upper[part];
        if (one.is == kind::absent) {
            one.is = kind::directory;
        } else if (one.is != kind::directory) {
            return false;
        }
    }
    return true;
}

void overlay_model::remove(tree& upper, const std::string& path) {
    upper.erase(path);
    const std::string below = path + '/';
    for (auto at = upper.lower_bound(below); at != upper.end() && at->first.starts_with(below);) {
        at = upper.erase(at);
    }
}

bool overlay_model::place(tree& upper, const model_entry& entry) {
    const std::string name = joined("", entry.header.path);
    if (name.empty()) {
        return true;
    }
    const auto above = resolved_in(upper, std::string(directory_of(name)));
    if (!above || !make_directories(upper, *above)) {
        return false;
    }
    const std::string_view base = name_in(name);
    const std::string path = join_path(*above, base);
    if (base == ".wh..wh..opq") {
        if (above->empty()) {
            return false;
        }
        upper[*above].is_opaque = true;
        return true;
    }
    if (base.starts_with(".wh.")) {
        const std::string hidden = join_path(*above, base.substr(4));
        return upper.emplace(hidden, node{.is = kind::whiteout, .text = {}}).second;
    }
    const auto before = upper.find(path);
    const bool is_directory = entry.header.kind == server::entry_kind::directory;
    if (before != upper.end() && !(is_directory && before->second.is == kind::directory)) {
        remove(upper, path);
    }
    switch (entry.header.kind) {
    case server::entry_kind::directory:
        upper[path].is = kind::directory;
        return true;
    case server::entry_kind::file:
        upper[path] = {.is = kind::file, .text = entry.content};
        return true;
    case server::entry_kind::symlink:
        upper[path] = {.is = kind::symlink, .text = entry.header.link};
        return !entry.header.link.empty();
    case server::entry_kind::other:
        upper[path] = {.is = kind::other, .text = {}};
        return true;
    case server::entry_kind::hard_link:
        break;
    }
    const std::string target = joined("", entry.header.link);
    const auto target_above = resolved_in(upper, std::string(directory_of(target)));
    if (!target_above) {
        return false;
    }
    const auto found = upper.find(join_path(*target_above, name_in(target)));
    if (found == upper.end() || found->second.is == kind::directory
        || found->second.is == kind::whiteout) {
        return false;
    }
    const node linked = found->second;
    upper[path] = linked;
    return true;
}

bool overlay_model::unpack(const std::vector<model_entry>& layer) {
    tree upper;
    for (const model_entry& entry : layer) {
        if (!place(upper, entry)) {
            return false;
        }
    }
    layers_.push_back(std::move(upper));
    return true;
}

/// Without following a link.
overlay_model::node overlay_model::look_up(std::string_view path) const {
    std::vector<std::size_t> shown(layers_.size()
    ); // layers whose directory is part of the one that is looked at
    std::iota(shown.rbegin(), shown.rend(), std::size_t{0});
    for (const std::string& part : prefixes(path)) {
        std::vector<std::size_t> next;
        for (const std::size_t layer : shown) {
            const auto found = layers_[layer].find(part);
            if (found == layers_[layer].end()) {
                continue;
            }
            const node& one = found->second;
            if (one.is == kind::directory) {
                next.push_back(layer);
                if (one.is_opaque) {
                    break;
                }
                continue;
            }
            if (next.empty() && one.is != kind::whiteout) {
                return part.size() == path.size() ? one
                                                  : node{.is = kind::unresolvable, .text = {}};
            }
            break;
        }
        if (next.empty()) {
            return {};
        }
        shown = std::move(next);
    }
    return {.is = kind::directory, .text = {}};
}

overlay_model::node overlay_model::open(std::string path) const {
    for (int links = 0; links < 256;) {
        bool was_link = false;
        for (const std::string& part : prefixes(path)) {
            const node found = look_up(part);
            if (found.is == kind::symlink) {
                const std::string rest =
                    part.size() == path.size() ? std::string() : path.substr(part.size() + 1);
                path = join_path(led(directory_of(part), found.text), rest);
                was_link = true;
                ++links;
                break;
            }
            if (found.is == kind::absent) {
                return {};
            }
        }
        if (!was_link) {
            return look_up(path);
        }
    }
    return {.is = kind::unresolvable, .text = {}};
}

} // namespace gatehouse::testing_support
