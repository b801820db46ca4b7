#pragma once
// What is asked of one layer, and what it answers: account_search asks, layer_tracker answers, whoever reads layers
// carries both. Values only.

#include "policy/user/accounts.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace gatehouse::server {

/// What is longer is not kept.
using policy::longest_account_file;

struct sought_path {
    std::string path; ///< clean (inner_path.h), not the root
    /// Entries from this one on do not count: what a hard link names is what was there before it.
    std::uint64_t before = std::numeric_limits<std::uint64_t>::max();

    bool operator==(const sought_path&) const = default;
};

using layer_question = std::vector<sought_path>;

enum class node_kind : std::uint8_t { absent, directory, file, symlink, hard_link, other };

/// What a layer holds at one path, when all its entries are through.
struct layer_node {
    node_kind kind = node_kind::absent;
    bool is_told = false; ///< a directory with an entry of its own, not just of what lies below it
    bool is_opaque = false; ///< a directory that hides what lower layers have in it
    bool is_whited_out =
        false; ///< lower layers' is hidden; together with another kind: a contradiction
    bool is_too_long = false; ///< a file that was not kept
    std::string text = {}; ///< a sought file's content, or where a link leads as the archive has it
    std::uint64_t entry = 0; ///< which entry made it

    bool operator==(const layer_node&) const = default;
};

struct layer_findings {
    /// For every sought path its nodes: of "etc/passwd" those of "etc" and of "etc/passwd".
    std::vector<std::vector<layer_node>> paths;
    std::uint64_t bytes = 0; ///< of the layer, decompressed
    std::uint64_t entries = 0;
};

} // namespace gatehouse::server
