// Layers that claim to be gzip.
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/layer.h"

namespace gatehouse::fuzzing {

void fuzz_layer_gzip(std::string_view input) {
    require_layer_claims(input, server::layer_compression::gzip);
}

} // namespace gatehouse::fuzzing
