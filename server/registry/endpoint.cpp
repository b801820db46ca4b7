#include "server/registry/endpoint.h"

#include "policy/image/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace gatehouse::server {
namespace {

using policy::registry_entry;

std::optional<std::size_t> entry_of(const registry_settings& settings, std::string_view registry) {
    const auto& entries = settings.configuration.registries;
    const auto at = std::ranges::find_if(entries, [&](const registry_entry& one) {
        return one.host == registry || std::ranges::count(one.aliases, registry) != 0;
    });
    if (at == entries.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(std::distance(entries.begin(), at));
}

void add_matching(
    std::vector<credential>& to,
    const std::vector<credential>& from,
    const std::string& name
) {
    std::ranges::move(matching_credentials(from, name), std::back_inserter(to));
}

/// Those of the registry's own files first, under each of its names.
std::vector<credential> credentials_for(
    const registry_settings& settings,
    std::optional<std::size_t> entry,
    const std::vector<std::string>& names
) {
    std::vector<credential> found;
    for (const std::string& name : names) {
        if (entry && *entry < settings.registry_credentials.size()) {
            add_matching(found, settings.registry_credentials[*entry], name);
        }
    }
    for (const std::string& name : names) {
        add_matching(found, settings.credentials, name);
    }
    return found;
}

bool has_api_segment(std::string_view path) {
    return path == "/v2" || path.ends_with("/v2") || path.find("/v2/") != std::string_view::npos;
}

std::optional<endpoint> mirror_of(
    const registry_entry& entry,
    const std::string& mirror,
    std::string_view repository
) {
    auto parsed = parse_url(mirror);
    if (!parsed) {
        return std::nullopt; // the configuration's parser has refused it
    }
    endpoint made;
    made.base = std::move(parsed.value());
    std::string path = made.base.target.substr(0, made.base.target.find('?'));
    while (path.ends_with('/')) {
        path.pop_back();
    }
    made.repository = repository;
    if (!has_api_segment(path)) {
        if (!path.empty()) {
            made.repository = fmt::format("{}/{}", path.substr(1), repository);
        }
        path = "/v2";
    }
    made.base.target = path;
    made.registry = entry.host;
    made.plain_http = entry.plain_http;
    return made;
}

endpoint host_of(std::string_view registry, std::string_view repository, bool plain_http) {
    const auto [host, port] = policy::split_registry(registry);
    const std::string_view name = host == policy::docker_hub ? "registry-1.docker.io" : host;
    const std::string_view scheme = plain_http ? "http" : "https";
    const std::string_view colon = port.empty() ? "" : ":";
    endpoint made;
    made.base = parse_url(fmt::format("{}://{}{}{}/v2", scheme, name, colon, port)).value();
    made.repository = repository;
    made.plain_http = plain_http;
    return made;
}

} // namespace

std::string endpoint::rights_at(const url& to) const {
    if (!registry.empty() && to.host == base.host) {
        return registry;
    }
    const std::string authority = to.authority();
    return std::ranges::count(listed, authority) == 0 ? std::string() : authority;
}

std::vector<endpoint> endpoints_of(const registry_settings& settings, std::string_view name) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view registry = name.substr(0, slash);
    const std::string_view repository = name.substr(std::min(slash + 1, name.size()));
    const auto entry = entry_of(settings, registry);
    std::vector<endpoint> made;
    std::vector<std::string> names = {std::string(name)};
    std::string_view host = registry;
    bool plain_http = false;
    if (entry) {
        const registry_entry& one = settings.configuration.registries[*entry];
        host = one.host;
        plain_http = one.plain_http;
        names = {fmt::format("{}/{}", one.host, repository)};
        for (const std::string& alias : one.aliases) {
            names.push_back(fmt::format("{}/{}", alias, repository));
        }
        for (const std::string& mirror : one.mirrors) {
            if (auto found = mirror_of(one, mirror, repository)) {
                const std::string at = fmt::format("{}/{}", found->name(), found->repository);
                found->credentials = credentials_for(settings, entry, {at});
                made.push_back(std::move(*found));
            }
        }
    }
    endpoint own = host_of(host, repository, plain_http);
    own.registry = entry ? settings.configuration.registries[*entry].host : "";
    own.credentials = credentials_for(settings, entry, names);
    made.push_back(std::move(own));
    for (endpoint& one : made) {
        std::ranges::transform(
            settings.configuration.registries, std::back_inserter(one.listed), &registry_entry::host
        );
    }
    return made;
}

} // namespace gatehouse::server
