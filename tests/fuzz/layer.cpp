#include "tests/fuzz/layer.h"

#include "tests/fuzz/fuzz.h"
#include "tests/support/layer_images.h"

namespace gatehouse::fuzzing {
namespace {

using server::layer_findings;

policy::result<layer_findings> scan(
    std::string_view bytes,
    server::layer_compression compression,
    std::size_t piece
) {
    testing_support::text_source from(bytes, piece);
    const server::layer_question question{
        {.path = "etc/passwd"}, {.path = "etc/group", .before = 3}};
    // Little, so that bombs are short.
    const server::scan_limits limits{.limits = {.layer_bytes = 1 << 20, .image_bytes = 1 << 20}};
    return server::scan_layer(
        testing_support::layer_of(bytes, compression), question, limits, from
    );
}

void require_node(const server::layer_node& node) {
    require(node.text.size() <= server::longest_account_file, "what is kept of a file is bounded");
    require(
        node.kind != server::node_kind::absent || node.text.empty(), "what is absent has no content"
    );
}

} // namespace

void require_layer_claims(std::string_view bytes, server::layer_compression compression) {
    const auto found = scan(bytes, compression, 1 << 16);
    const auto in_pieces = scan(bytes, compression, 97);
    require(found.has_value() == in_pieces.has_value(), "how a layer arrives does not matter");
    if (!found) {
        require_message(found.error().detail(), 400);
        require(
            found.error().detail().starts_with("layer 1 of 1 (sha256:"), "a problem names its layer"
        );
        return;
    }
    require(found.value().bytes <= 1 << 20, "decompressed bytes are bounded");
    require(found.value().paths.size() == 2, "every question has its answer");
    require(found.value().paths == in_pieces.value().paths, "how a layer arrives does not matter");
    for (const auto& path : found.value().paths) {
        require(path.size() == 2, "every part of a path has its node");
        require_node(path[0]);
        require_node(path[1]);
    }
}

} // namespace gatehouse::fuzzing
