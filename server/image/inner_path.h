#pragma once
// Paths inside an image, as container runtimes read them: relative to the image's root, slashes between names,
// cleaned by text alone (Go's path.Clean) before any link is followed. "" is the root. Pure.

#include "policy/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

/// Linux' own bound (PATH_MAX); runtimes could not create what is longer.
inline constexpr std::size_t longest_inner_path = 4096;

/// "./etc//x/../passwd" and "/etc/passwd" are "etc/passwd". Error: leaves the root, or is too long.
[[nodiscard]] policy::result<std::string> clean_path(std::string_view text);

/// Where a symbolic link in `directory` with this text leads; ".." stays at the root. Error: empty, too long,
/// or climbs out of a name it has just entered ("a/../b"): runtimes differ where "a" is a link itself.
[[nodiscard]] policy::result<std::string> follow_link(
    std::string_view directory,
    std::string_view target
);

/// One of both is empty, or a slash stands between them.
[[nodiscard]] std::string join_path(std::string_view head, std::string_view tail);
/// "etc" of "etc/passwd", "" of "etc".
[[nodiscard]] std::string_view directory_of(std::string_view path) noexcept;
/// "passwd" of "etc/passwd".
[[nodiscard]] std::string_view name_in(std::string_view path) noexcept;
/// Where each name of the path ends: {3, 10} for "etc/passwd". Nothing for the root.
[[nodiscard]] std::vector<std::size_t> name_ends(std::string_view path);

} // namespace gatehouse::server
