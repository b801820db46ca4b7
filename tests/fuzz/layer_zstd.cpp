// Layers that claim to be zstd.
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/layer.h"

namespace gatehouse::fuzzing {

void fuzz_layer_zstd(std::string_view input) {
    require_layer_claims(input, server::layer_compression::zstd);
}

} // namespace gatehouse::fuzzing
