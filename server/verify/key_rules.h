#pragma once
// The policy that `gatehouse verify --key` stands for: one signer of every image, so that keys on a command
// line are judged by the same code as those of policies. Blocks on the file system.

#include "server/options.h"
#include "server/rule_files.h"
#include "server/verify/options.h"

namespace gatehouse::server {

/// As load_rules(). Requires: options.key_file. As with cosign, the variable COSIGN_REPOSITORY may say where
/// signatures lie that are not beside their image.
[[nodiscard]] loaded_rules load_key_rules(const verify_options& options, const environment& from);

} // namespace gatehouse::server
