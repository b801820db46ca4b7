#pragma once
// What a registration should be against what the API server has: the same words for what is not said (its
// defaults), and whether anything is missing, changed or added, down to a selector that exempts more than it
// should. Pure.

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace gatehouse::server {

/// The list with `bundle` (PEM) as every caBundle and with every default written out: what is said outright
/// is owned outright, and put right by the next apply.
[[nodiscard]] nlohmann::json wanted_webhooks(nlohmann::json rendered, const std::string& bundle);

/// True where the API server's object has exactly these webhooks, in whatever order.
[[nodiscard]] bool has_webhooks(const nlohmann::json& live, const nlohmann::json& wanted);

/// The PEM text that is the caBundle of every webhook of an object; nothing where they differ, where one has
/// none, or where there is no webhook at all.
[[nodiscard]] std::optional<std::string> bundle_of(const nlohmann::json& live);

/// True where the object has no webhook: no API server calls anybody because of it.
[[nodiscard]] bool is_without_webhooks(const nlohmann::json& live);

/// What to send to have it so: for a server-side apply, and as a merge patch for what an apply leaves alone since
/// others own it. It carries uid and resourceVersion of `live`, so that an object that was changed, or deleted,
/// meanwhile is not written.
[[nodiscard]] nlohmann::json correction_of(
    const nlohmann::json& live,
    const std::string& name,
    const nlohmann::json& wanted
);

} // namespace gatehouse::server
