#pragma once
// What a plain YAML scalar means to kubectl: YAML 1.1 as go-yaml 2 resolves it, which
// sigs.k8s.io/yaml uses. Only for manifests; policies never guess a type. Pure and safe on any
// thread.
//   null      `~`, `null` (also Null, NULL), nothing
//   boolean   y, yes, on, true, n, no, off, false, each also Capitalised and in CAPITALS
//   integer   decimal, 0x, 0b, 0o and 010 (octal), with sign and with `_` between digits;
//             -2^63 .. 2^64-1
//   float     decimal with fraction or exponent, 08 and integers beyond 64 bits included; .inf,
//   .nan text      everything else: timestamps and 1:30 too

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace gatehouse::policy {

/// `std::monostate` is null; text is a view of what was resolved. An integer is unsigned only where
/// int64 cannot hold it.
using yaml_value =
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view>;

[[nodiscard]] yaml_value resolve_plain_scalar(std::string_view text);

/// JSON text of a finite number: the shortest that reads back as the same, whole numbers below 2^63
/// without a fraction (a manifest's `1.0` is 1 for Kubernetes).
[[nodiscard]] std::string json_number(double value);

} // namespace gatehouse::policy
