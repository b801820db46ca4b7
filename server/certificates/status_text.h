#pragma once
// What `gatehouse certs status` tells of certificates, for people and as JSON. Pure; nothing of a key is in it.

#include "server/certificates/examine.h"

#include <string>

namespace gatehouse::server {

[[nodiscard]] std::string status_as_text(
    const secret_contents& contents,
    const examined_contents& found,
    wall_time now
);
[[nodiscard]] std::string status_as_json(
    const secret_contents& contents,
    const examined_contents& found,
    wall_time now
);

} // namespace gatehouse::server
