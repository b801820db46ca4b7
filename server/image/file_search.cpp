#include "server/image/file_search.h"

#include "policy/text.h"
#include "server/image/inner_path.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace gatehouse::server {
namespace {

constexpr std::uint64_t all_entries = std::numeric_limits<std::uint64_t>::max();

} // namespace

file_search::file_search(std::string path, std::size_t layers)
    : name_('/' + path), layers_(layers) {
    begin_pass(std::move(path), layers, all_entries);
}

void file_search::begin_pass(std::string path, std::size_t layers, std::uint64_t before) {
    ++pass_;
    path_ = std::move(path);
    ends_ = name_ends(path_);
    above_.assign(ends_.size(), above::nothing);
    left_ = layers;
    view_ = layers;
    before_ = before;
    is_done_with_layer_ = true;
    if (ends_.empty()) {
        fail("is a link to the root");
    } else if (left_ == 0) {
        settle_absent();
    }
}

sought_path file_search::sought_in(std::size_t layer) const {
    return {path_, layer + 1 == view_ ? before_ : all_entries};
}

std::string_view file_search::part(std::size_t index) const {
    return std::string_view(path_).substr(0, ends_[index]);
}

void file_search::fail(std::string_view what) {
    is_settled_ = true;
    is_done_with_layer_ = true;
    problem_ = fmt::format("{} {}", name_, what);
}

void file_search::settle_absent() {
    if (linked_from_) {
        fail(fmt::format(
            "is a hard link to {}, which is not there", policy::plain_or_quoted('/' + path_)
        ));
        return;
    }
    is_settled_ = true;
    is_done_with_layer_ = true;
}

void file_search::descend() {
    --left_;
    if (left_ == 0) {
        settle_absent();
    }
}

void file_search::take(const std::vector<layer_node>& nodes) {
    is_done_with_layer_ = false;
    bool hides_lower = false;
    for (std::size_t i = 0; i < ends_.size() && !is_done_with_layer_; ++i) {
        if (i >= nodes.size()) {
            fail("was not looked for"); // cannot happen
            return;
        }
        take_node(i, nodes[i]);
        hides_lower = hides_lower || nodes[i].is_opaque;
        if (nodes[i].kind == node_kind::absent) {
            break;
        }
    }
    if (is_done_with_layer_) {
        return;
    }
    if (hides_lower) {
        settle_absent();
        return;
    }
    descend();
}

void file_search::take_node(std::size_t index, const layer_node& node) {
    const bool is_leaf = index + 1 == ends_.size();
    if (node.is_whited_out && node.kind != node_kind::absent) {
        fail(fmt::format(
            "cannot be told: layer {} of {} both has and removes {}",
            left_,
            layers_,
            policy::plain_or_quoted('/' + std::string(part(index)))
        ));
        return;
    }
    if (node.is_opaque && node.kind != node_kind::directory) {
        fail(fmt::format(
            "cannot be told: layer {} of {} makes opaque what is no directory: {}",
            left_,
            layers_,
            policy::plain_or_quoted('/' + std::string(part(index)))
        ));
        return;
    }
    if (node.is_whited_out) {
        settle_absent();
        return;
    }
    if (node.kind == node_kind::absent) {
        return;
    }
    if (node.kind == node_kind::directory && !is_leaf) {
        if (above_[index] != above::told) {
            above_[index] = node.is_told ? above::told : above::implied;
        }
        return;
    }
    if (above_[index] != above::nothing) {
        take_covered(index, node);
        return;
    }
    if (node.kind == node_kind::symlink) {
        follow_symlink(index, node);
    } else if (is_leaf) {
        take_leaf(node);
    } else if (node.kind == node_kind::hard_link) {
        fail(fmt::format(
            "cannot be told: layer {} of {} makes {} a hard link",
            left_,
            layers_,
            policy::plain_or_quoted('/' + std::string(part(index)))
        ));
    } else {
        fail(fmt::format(
            "cannot be told: {} is not a directory (layer {} of {})",
            policy::plain_or_quoted('/' + std::string(part(index))),
            left_,
            layers_
        ));
    }
}

/// A newer layer has a directory where this one has something else: it covers that and all below. Only where it
/// has an entry of its own do all runtimes see it that way.
void file_search::take_covered(std::size_t index, const layer_node& node) {
    if (above_[index] == above::told) {
        settle_absent();
        return;
    }
    const bool is_link = node.kind == node_kind::symlink || node.kind == node_kind::hard_link;
    fail(fmt::format(
        "cannot be told: a newer layer writes below {}, which is a {} in layer {} of {}",
        policy::plain_or_quoted('/' + std::string(part(index))),
        is_link ? "link" : "file",
        left_,
        layers_
    ));
}

void file_search::take_leaf(const layer_node& node) {
    switch (node.kind) {
    case node_kind::file:
        if (node.is_too_long) {
            fail(fmt::format(
                "in layer {} of {} is longer than {} bytes", left_, layers_, longest_account_file
            ));
            return;
        }
        content_ = node.text;
        is_settled_ = true;
        is_done_with_layer_ = true;
        return;
    case node_kind::hard_link:
        follow_hard_link(node);
        return;
    case node_kind::directory:
        fail(fmt::format("is a directory in layer {} of {}", left_, layers_));
        return;
    case node_kind::symlink:
    case node_kind::absent:
    case node_kind::other:
        break;
    }
    fail(fmt::format("is no regular file in layer {} of {}", left_, layers_));
}

void file_search::follow_symlink(std::size_t index, const layer_node& node) {
    if (++links_ > most_links) {
        fail(fmt::format("leads through more than {} links", most_links));
        return;
    }
    const bool is_leaf = index + 1 == ends_.size();
    const std::string rest = is_leaf ? std::string() : path_.substr(ends_[index] + 1);
    const bool was_hard_link = is_leaf && linked_from_;
    const std::string base(
        was_hard_link ? std::string_view(*linked_from_) : directory_of(part(index))
    );
    const auto led = follow_link(base, node.text);
    if (!led) {
        fail(fmt::format("in layer {} of {} {}", left_, layers_, led.error().detail()));
        return;
    }
    if (was_hard_link) {
        // The link itself was hard-linked: it is a symbolic link there, too, and the running image follows it.
        linked_from_.reset();
        begin_pass(led.value(), layers_, all_entries);
        return;
    }
    begin_pass(join_path(led.value(), rest), view_, before_);
}

void file_search::follow_hard_link(const layer_node& node) {
    if (++links_ > most_links) {
        fail(fmt::format("leads through more than {} links", most_links));
        return;
    }
    auto target = clean_path(node.text);
    if (!target) {
        fail(fmt::format(
            "in layer {} of {} is a hard link that {}", left_, layers_, target.error().detail()
        ));
        return;
    }
    if (!linked_from_) {
        linked_from_ = directory_of(path_);
    }
    begin_pass(std::move(target).value(), left_, node.entry);
}

} // namespace gatehouse::server
