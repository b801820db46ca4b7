#include "server/registry/credentials.h"

#include "policy/image/digest.h"
#include "policy/image/registry.h"
#include "policy/signature/base64.h"
#include "policy/text.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <functional>
#include <iterator>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

constexpr std::size_t longest_file = std::size_t{1} << 20;
constexpr std::size_t most_entries = 1000;

bool is_hub(std::string_view host) {
    return host == policy::docker_hub || host == "index.docker.io"
           || host == "registry-1.docker.io";
}

/// Takes the key apart as the kubelet does.
void read_key(std::string_view key, credential& to) {
    if (const std::size_t scheme = key.find("://"); scheme != std::string_view::npos) {
        key.remove_prefix(scheme + 3);
    }
    const std::size_t slash = std::min(key.find('/'), key.size());
    to.host = policy::lower(key.substr(0, slash));
    std::string_view path = key.substr(slash);
    if (path.starts_with("/v1/") || path.starts_with("/v2/")) {
        path.remove_prefix(3);
    }
    to.path = path == "/" ? "" : path;
    if (to.host.ends_with(":443")) {
        to.host.resize(to.host.size() - 4);
    }
    if (is_hub(to.host)) {
        to.host = policy::docker_hub;
    }
}

std::string text_of(const simdjson::dom::object& entry, std::string_view name) {
    std::string_view value;
    return entry[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

error bad_entry(std::string_view file, std::string_view key, std::string_view problem) {
    return {
        errc::malformed,
        fmt::format("{}: the entry {} {}", policy::one_line(file), policy::quoted(key), problem)};
}

policy::result<credential> read_entry(
    std::string_view file,
    std::string_view key,
    simdjson::dom::element value
) {
    simdjson::dom::object entry;
    if (value.get(entry) != simdjson::SUCCESS) {
        return bad_entry(file, key, "is not an object");
    }
    credential made;
    made.file = file;
    read_key(key, made);
    made.user = text_of(entry, "username");
    made.password = secret(text_of(entry, "password"));
    made.identity_token = secret(text_of(entry, "identitytoken"));
    made.registry_token = secret(text_of(entry, "registrytoken"));
    std::string encoded = text_of(entry, "auth");
    std::erase_if(encoded, [](char c) { return c == '\r' || c == '\n'; }); // as Go reads it
    if (!encoded.empty()) {
        const auto pair = policy::decode_base64(encoded);
        const std::size_t colon = pair ? pair->find(':') : std::string::npos;
        if (colon == std::string::npos) {
            return bad_entry(file, key, "has an auth that is not base64 of user:password");
        }
        made.user = pair->substr(0, colon);
        made.password = secret(pair->substr(colon + 1));
    }
    return made;
}

struct host_port {
    std::string_view host;
    std::string_view port;
};

host_port split(std::string_view authority) {
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.rfind(':');
    if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) {
        return {authority, {}};
    }
    return {authority.substr(0, colon), authority.substr(colon + 1)};
}

/// As many labels on both sides, each a glob for its counterpart.
bool matches_host(std::string_view pattern, std::string_view host) {
    while (true) {
        const std::size_t a = std::min(pattern.find('.'), pattern.size());
        const std::size_t b = std::min(host.find('.'), host.size());
        if (!policy::matches_glob(pattern.substr(0, a), host.substr(0, b))) {
            return false;
        }
        if (a == pattern.size() || b == host.size()) {
            return a == pattern.size() && b == host.size();
        }
        pattern.remove_prefix(a + 1);
        host.remove_prefix(b + 1);
    }
}

bool is_for(const credential& one, std::string_view registry, std::string_view path) {
    const host_port wanted = split(registry);
    const host_port key = split(one.host);
    const std::string_view wanted_port = wanted.port == "443" ? std::string_view() : wanted.port;
    return key.port == wanted_port && matches_host(key.host, wanted.host)
           && path.starts_with(one.path);
}

} // namespace

std::string credential::hash() const {
    std::string all;
    for (const std::string* part :
         {&user, &password.reveal(), &identity_token.reveal(), &registry_token.reveal()}) {
        all += fmt::format("{}:", part->size());
        all += *part;
    }
    return std::string(policy::digest::of(all).hex());
}

policy::result<std::vector<credential>> parse_docker_config(
    std::string_view text,
    std::string_view file
) {
    const std::string shown = policy::one_line(file);
    if (text.size() > longest_file) {
        return error(errc::too_large, shown + " is longer than 1 MiB");
    }
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    simdjson::dom::object entries;
    if (parser.parse(simdjson::padded_string(text)).get(root) != simdjson::SUCCESS
        || root.get(entries) != simdjson::SUCCESS) {
        return error(errc::malformed, shown + " is not a JSON object");
    }
    simdjson::dom::element auths;
    const bool is_bare = entries["auths"].get(auths) != simdjson::SUCCESS;
    if (!is_bare && auths.get(entries) != simdjson::SUCCESS) {
        return error(errc::malformed, shown + ": auths is not an object");
    }
    if (entries.size() > most_entries) {
        return error(errc::too_large, shown + " has more than 1000 entries");
    }
    std::vector<credential> made;
    for (const auto& [key, value] : entries) {
        // A docker config without logins has settings beside an absent auths.
        if (is_bare && !value.is_object()) {
            continue;
        }
        GATEHOUSE_TRY(auto entry, read_entry(file, key, value));
        if (entry.has_password() || !entry.identity_token.empty()
            || !entry.registry_token.empty()) {
            made.push_back(std::move(entry));
        }
    }
    std::ranges::stable_sort(made, std::ranges::greater(), [](const credential& one) {
        return one.host + one.path;
    });
    return made;
}

std::vector<credential> matching_credentials(
    const std::vector<credential>& from,
    std::string_view name
) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view registry = name.substr(0, slash);
    const std::string_view path = name.substr(slash);
    std::vector<credential> found;
    std::ranges::copy_if(from, std::back_inserter(found), [&](const credential& one) {
        return is_for(one, registry, path);
    });
    return found;
}

} // namespace gatehouse::server
