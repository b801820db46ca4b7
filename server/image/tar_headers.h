#pragma once
// The headers of one tar entry (extended ones first), read as the archive/tar of Go does, because containerd,
// CRI-O and Docker unpack layers with it. libarchive, which carries us through the archive, reads some of them
// otherwise: a layer could show us one /etc/passwd and the runtime another. So tar_reader asks both, and what they
// disagree on, or what this refuses because writers have no business with it, is an error. Pure.

#include "policy/result.h"
#include "server/image/layer_entry.h"

#include <string_view>

namespace gatehouse::server {

/// Requires: whole blocks of 512 bytes. Error: malformed, a text that goes on after "entry 12 ".
[[nodiscard]] policy::result<layer_entry> parse_tar_headers(std::string_view blocks);

} // namespace gatehouse::server
