#pragma once
// What must hold for the bytes of a layer, whatever its compression; used by the fuzzers layer_*.

#include "server/image/image_layer.h"

#include <string_view>

namespace gatehouse::fuzzing {

void require_layer_claims(std::string_view bytes, server::layer_compression compression);

} // namespace gatehouse::fuzzing
