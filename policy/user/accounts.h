#pragma once
// The accounts of an image: what its /etc/passwd and /etc/group say, read as the container runtime reads
// them (github.com/moby/sys/user, passwd(5), group(5); what a real node does with odd lines stands in
// tests/cluster/image_user). Everything in them is untrusted. A value; safe on any thread once made.

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

/// The runtime reads no /etc/passwd with a longer line. Those of /etc/group may be of any length.
inline constexpr std::size_t longest_passwd_line = 65535;

/// More users, or more members of groups, are not read.
inline constexpr std::size_t most_accounts = 65536;

/// Nor is /etc/group where it lists one user in more groups.
inline constexpr std::size_t most_memberships = 256;

/// An entry of /etc/passwd; lives as long as its accounts. Ids are as written, at most 64 bits of them;
/// what is no number counts as 0 for the runtime.
struct account {
    std::string_view name;
    std::int64_t uid = 0;
    std::int64_t gid = 0; ///< primary group
    bool uid_is_number = true;
    bool gid_is_number = true;
};

/// A group of /etc/group that lists a user; lives as long as its accounts.
struct membership {
    std::string_view group; ///< its name
    std::int64_t gid = 0;
};

class accounts {
  public:
    /// Of an image that has neither file.
    accounts() = default;

    [[nodiscard]] bool has_passwd() const noexcept { return has_passwd_; }
    [[nodiscard]] bool has_group() const noexcept { return has_group_; }

    /// The first entry of that name; nothing where there is none.
    [[nodiscard]] std::optional<account> named(std::string_view name) const;
    /// The first entry of that uid.
    [[nodiscard]] std::optional<account> with_uid(std::int64_t uid) const;
    /// The groups that list `name`, in the order of the file. A group of the user's own name is none of
    /// them, not even where it lists the user: so does the runtime.
    [[nodiscard]] std::vector<membership> memberships_of(std::string_view name) const;

    /// The group that a process gets for a supplementary group: the first line counts that has this gid or
    /// this number as its name. So an image may turn one group into another.
    [[nodiscard]] std::int64_t as_named(std::int64_t gid) const noexcept;

    /// What it takes of memory, in bytes.
    [[nodiscard]] std::size_t weight() const noexcept;

  private:
    friend class accounts_reader;

    /// A part of text_.
    struct excerpt {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };
    struct user_line {
        std::int64_t uid = 0;
        std::int64_t gid = 0;
        excerpt name;
        bool uid_is_number = true;
        bool gid_is_number = true;
    };
    struct group_line {
        std::int64_t gid = 0;
        excerpt name;
    };
    struct member {
        excerpt name;
        std::uint32_t group = 0; ///< in groups_
    };
    struct numbered_group {
        std::int64_t name = 0;
        std::int64_t gid = 0; ///< another
    };

    [[nodiscard]] std::string_view text(const excerpt& of) const noexcept {
        return std::string_view(text_).substr(of.at, of.size);
    }
    [[nodiscard]] account made_of(const user_line& line) const;

    bool has_passwd_ = false;
    bool has_group_ = false;
    std::string text_;                     ///< names, one behind the other
    std::vector<user_line> users_;         ///< in the order of the file
    std::vector<std::uint32_t> by_name_;   ///< users_ ascending by name, then as in the file
    std::vector<std::uint32_t> by_uid_;    ///< likewise
    std::vector<group_line> groups_;       ///< those that have members
    std::vector<member> members_;          ///< ascending by name, then as in the file
    std::vector<numbered_group> numbered_; ///< ascending by name
};

/// Error: malformed, what the runtime does not read either ("a line of /etc/passwd is longer than 64
/// KiB"); too_large, a limit of ours was passed. One printable line, without the image's name.
[[nodiscard]] result<accounts> read_accounts(const account_files& files);

} // namespace gatehouse::policy
