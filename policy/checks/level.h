#pragma once
// Levels and versions of the Pod Security Standards, as namespace labels and policies spell them.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

enum class security_level : std::uint8_t { privileged, baseline, restricted };

[[nodiscard]] std::string_view name_of(security_level level) noexcept;
/// "privileged", "baseline", "restricted"; anything else is nothing.
[[nodiscard]] std::optional<security_level> level_named(std::string_view name) noexcept;

/// `latest` or `v1.N`.
struct security_version {
    /// The minor of v1.N; absent for `latest`.
    std::optional<std::uint32_t> minor;
    bool operator==(const security_version&) const = default;
};

/// The newest version in which a check changes; newer pins and `latest` mean this one.
inline constexpr std::uint32_t newest_minor = 37;

/// "latest", "v1.29"; refused: "1.29", "v2.1", "v1.030", "v1.", and minors of more than 9 digits.
[[nodiscard]] std::optional<security_version> version_named(std::string_view name) noexcept;
[[nodiscard]] std::string name_of(const security_version& version);
/// The minor whose rules apply: clamped to newest_minor.
[[nodiscard]] std::uint32_t effective_minor(const security_version& version) noexcept;

} // namespace gatehouse::policy
