// Manifests, indexes and token answers of registries: bounded, and what is kept of them is well formed.
#include "server/registry/oci_manifest.h"

#include "server/registry/token.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>

namespace gatehouse::fuzzing {

void fuzz_oci_manifest(std::string_view input) {
    const auto parsed = server::parse_manifest(input);
    if (parsed) {
        require(parsed.value().manifests.size() <= 100'000, "an index is bounded");
        require(parsed.value().layers.size() <= 100'000, "layers are bounded");
        require(parsed.value().has_list || parsed.value().manifests.empty(), "a list is a list");
    } else {
        require_message(parsed.error().detail(), 240);
    }
    const auto bought = server::parse_token(input);
    if (!bought) {
        require_message(bought.error().detail(), 240);
        return;
    }
    const std::string& value = bought.value().value.reveal();
    require(!value.empty(), "a token is not empty");
    require(
        std::ranges::all_of(value, [](char c) { return c > ' ' && c < '\x7f'; }),
        "a token is one word"
    );
    require(
        bought.value().lives.count() > 0 && bought.value().lives.count() <= 3600, "a token ends"
    );
}

} // namespace gatehouse::fuzzing
