#include "server/image/layer_tracker.h"

#include "server/image/inner_path.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

constexpr std::string_view whiteout = ".wh.";
constexpr std::string_view opaque_marker = ".wh..wh..opq";

void imply_directory(layer_node& node, std::uint64_t entry) {
    if (node.kind == node_kind::absent) {
        node.kind = node_kind::directory;
        node.entry = entry;
    }
}

node_kind kind_of(entry_kind kind) {
    switch (kind) {
    case entry_kind::file:
        return node_kind::file;
    case entry_kind::directory:
        return node_kind::directory;
    case entry_kind::symlink:
        return node_kind::symlink;
    case entry_kind::hard_link:
        return node_kind::hard_link;
    case entry_kind::other:
        break;
    }
    return node_kind::other;
}

/// How many names of `sought` the path begins with.
std::size_t shared_names(
    std::string_view path,
    std::string_view sought,
    const std::vector<std::size_t>& ends
) {
    std::size_t count = 0;
    for (const std::size_t end : ends) {
        const bool is_shared = path.size() >= end && path.substr(0, end) == sought.substr(0, end)
                               && (path.size() == end || path[end] == '/');
        if (!is_shared) {
            break;
        }
        ++count;
    }
    return count;
}

} // namespace

layer_tracker::layer_tracker(const layer_question& question) {
    for (const sought_path& one : question) {
        watched path{.sought = one, .ends = name_ends(one.path), .nodes = {}};
        path.nodes.resize(path.ends.size());
        std::size_t begin = 0;
        for (const std::size_t end : path.ends) {
            names_.push_back(one.path.substr(begin, end - begin));
            begin = end + 1;
        }
        paths_.push_back(std::move(path));
    }
    std::ranges::sort(names_);
}

bool layer_tracker::is_sought_name(std::string_view name) const {
    return std::ranges::binary_search(names_, name, std::less<>());
}

policy::result<void> layer_tracker::note_link(std::string_view path, std::string_view text) {
    if (text.size() > longest_inner_path) {
        return error(errc::too_large, "is a link to a path of more than 4096 bytes");
    }
    if (!links_.add(path)) {
        return error(errc::too_large, "is one of more than 500000 links");
    }
    for (; !text.empty(); text = directory_of(text)) {
        has_link_to_sought_name_ = has_link_to_sought_name_ || is_sought_name(name_in(text));
    }
    return policy::success();
}

// A runtime that unpacks "a/passwd" where "a" is a link to "etc" writes etc/passwd; "a/etc/x" where "a" is one to the
// root makes a directory etc; and so does "a/x" where "a" is one to "etc". Which of them happens depends on the links
// of this layer before the entry, of which only hashes are kept. So whatever could be such a case is noted here, and
// finish() refuses it: those who build images have no reason to write through links.
policy::result<void> layer_tracker::note_directories(action what, std::string_view at) {
    const std::string_view lies_in = what == action::make_opaque ? at : directory_of(at);
    const bool is_namesake = what == action::make_opaque || is_sought_name(name_in(at));
    if (lies_in == last_directory_ && !is_namesake) {
        return policy::success();
    }
    bool has_room = directories_.add_with_parents(lies_in);
    std::string_view above = lies_in;
    for (bool is_sought = is_namesake; !is_sought && !above.empty(); above = directory_of(above)) {
        is_sought = is_sought_name(name_in(above));
    }
    has_room = has_room && namesakes_.add_with_parents(above);
    if (!has_room) {
        return error(errc::too_large, "lies in one of more than 500000 directories");
    }
    last_directory_ = lies_in;
    return policy::success();
}

policy::result<bool> layer_tracker::add(const layer_entry& entry) {
    const std::uint64_t number = count_++;
    GATEHOUSE_TRY(const std::string path, clean_path(entry.path));
    for (watched& one : paths_) {
        one.wants_content = false;
    }
    if (path.empty()) {
        return false; // the root itself: runtimes skip it, whatever it is
    }
    const std::string_view name = name_in(path);
    const std::string_view above = directory_of(path);
    action what = action::place;
    std::string at = path;
    if (name == opaque_marker) {
        what = action::make_opaque;
        at = above;
        if (at.empty()) {
            return error(errc::malformed, "makes the root opaque, which runtimes read differently");
        }
    } else if (name.starts_with(whiteout)) {
        what = action::white_out;
        const std::string_view hidden = name.substr(whiteout.size());
        if (hidden.empty() || hidden == "." || hidden == "..") {
            return error(errc::malformed, "is a whiteout of nothing");
        }
        at = join_path(above, hidden);
    } else if (entry.kind == entry_kind::symlink || entry.kind == entry_kind::hard_link) {
        GATEHOUSE_TRY(note_link(path, entry.link));
    }
    GATEHOUSE_TRY(note_directories(what, at));
    bool wants_content = false;
    for (watched& one : paths_) {
        if (number < one.sought.before) {
            apply(one, what, at, entry);
            wants_content = wants_content || one.wants_content;
        }
    }
    return wants_content;
}

void layer_tracker::apply(watched& to, action what, std::string_view at, const layer_entry& entry)
    const {
    const std::uint64_t number = count_ - 1;
    const std::size_t shared = shared_names(at, to.sought.path, to.ends);
    const bool is_exact = shared > 0 && to.ends[shared - 1] == at.size();
    const bool lies_inside = what == action::make_opaque || !is_exact;
    for (std::size_t i = 0; i < (lies_inside ? shared : shared - 1); ++i) {
        imply_directory(to.nodes[i], number);
    }
    if (!is_exact) {
        return;
    }
    layer_node& node = to.nodes[shared - 1];
    switch (what) {
    case action::make_opaque:
        node.is_opaque = true;
        return;
    case action::white_out:
        node.is_whited_out = true;
        return;
    case action::place:
        place(to, shared - 1, entry);
        to.wants_content = shared == to.nodes.size() && node.kind == node_kind::file;
        return;
    }
}

void layer_tracker::place(watched& to, std::size_t index, const layer_entry& entry) const {
    layer_node& node = to.nodes[index];
    const node_kind kind = kind_of(entry.kind);
    if (kind == node_kind::directory && node.kind == node_kind::directory) {
        node.is_told = true; // one directory, whose content stays
        return;
    }
    const bool was_whited_out = node.is_whited_out;
    for (std::size_t i = index; i < to.nodes.size(); ++i) {
        to.nodes[i] = {};
    }
    node.kind = kind;
    node.is_told = kind == node_kind::directory;
    node.is_whited_out = was_whited_out;
    node.text = entry.link;
    node.entry = count_ - 1;
}

void layer_tracker::add_content(std::string_view bytes, bool is_too_long) {
    for (watched& one : paths_) {
        if (one.wants_content) {
            layer_node& node = one.nodes.back();
            node.is_too_long = is_too_long;
            node.text = is_too_long ? std::string_view() : bytes;
        }
    }
}

policy::result<layer_findings> layer_tracker::finish() && {
    if (links_.meets(namesakes_) || (has_link_to_sought_name_ && links_.meets(directories_))) {
        return error(
            errc::malformed, "writes through links of its own, which runtimes do differently"
        );
    }
    layer_findings out;
    out.entries = count_;
    for (watched& one : paths_) {
        out.paths.push_back(std::move(one.nodes));
    }
    return out;
}

} // namespace gatehouse::server
