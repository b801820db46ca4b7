// libFuzzer's door to one decoder: GATEHOUSE_FUZZED is its function.
#include "tests/fuzz/fuzz.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gatehouse::fuzzing::GATEHOUSE_FUZZED({reinterpret_cast<const char*>(data), size});
    return 0;
}
