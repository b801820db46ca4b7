#pragma once
// The four files of a pair and its authority in a directory, under the names that they have in a Secret: for
// `gatehouse certs`. Blocks on the file system.

#include "server/certificates/secret_contents.h"

#include <string>

namespace gatehouse::server {

/// Makes the directory where it is not there. Error: unavailable, also where one of the files is there already:
/// nothing is ever overwritten. Keys are readable by their owner only.
[[nodiscard]] policy::result<void> write_certificate_files(
    const std::string& directory,
    const secret_contents& contents
);

/// Error: the file that cannot be read.
[[nodiscard]] policy::result<secret_contents> read_certificate_files(const std::string& directory);

} // namespace gatehouse::server
