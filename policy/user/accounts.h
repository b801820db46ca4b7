#pragma once
// The accounts of an image: what its /etc/passwd and /etc/group say, read as the container runtime reads
// them (github.com/moby/sys/user, passwd(5), group(5)). Everything in them is untrusted. A value; safe on
// any thread once made.

#include "policy/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// The files as they lie in the image; nothing where the image has none.
struct account_files {
    std::optional<std::string> passwd;
    std::optional<std::string> group;
};

/// A longer file is not read.
inline constexpr std::size_t longest_account_file = std::size_t{1} << 20;

struct account {
    std::string name;
    std::int64_t uid = 0;
    std::int64_t gid = 0; ///< primary group
};

class accounts;

/// Error: malformed, what could mean something else to the runtime ("a line of /etc/passwd is longer than
/// 64 KiB"). One printable line, without the image's name.
[[nodiscard]] result<accounts> read_accounts(const account_files& files);

} // namespace gatehouse::policy
