#pragma once
// A watched_socket as OpenSSL sees it. OpenSSL's own BIO for sockets does not tell whether the kernel has
// more to give, and asking costs a system call a request. Loop thread only.

#include "server/openssl.h"
#include "server/watched_socket.h"

namespace gatehouse::server {

/// nullptr when there is no memory. `socket` outlives what is returned.
[[nodiscard]] bio_ptr make_socket_bio(watched_socket& socket);

} // namespace gatehouse::server
