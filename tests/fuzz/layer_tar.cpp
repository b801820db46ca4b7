// Layers that are not compressed: as they are, and with the checksums of their headers made right, behind which
// mutations would not come otherwise.
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/layer.h"

#include <cstdio>
#include <string>

namespace gatehouse::fuzzing {
namespace {

constexpr std::size_t block_size = 512;

void set_checksum(std::string& bytes, std::size_t at) {
    unsigned sum = 8 * ' ';
    for (std::size_t i = 0; i < block_size; ++i) {
        if (i < 148 || i >= 156) {
            sum += static_cast<unsigned char>(bytes[at + i]);
        }
    }
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum);
    bytes.replace(at + 148, 8, std::string(text, 7) + ' ');
}

} // namespace

void fuzz_layer_tar(std::string_view input) {
    require_layer_claims(input, server::layer_compression::none);
    std::string repaired(input);
    for (std::size_t at = 0; at + block_size <= repaired.size(); at += block_size) {
        if (repaired.compare(at + 257, 5, "ustar") == 0) {
            set_checksum(repaired, at);
        }
    }
    require_layer_claims(repaired, server::layer_compression::none);
}

} // namespace gatehouse::fuzzing
