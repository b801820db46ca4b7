// A configuration file to its value: either errors that have a place in the text, or a value that keeps
// every promise of server_configuration.h.
#include "policy/document/server_configuration.h"

#include "tests/fuzz/fuzz.h"

#include <set>
#include <string>

namespace gatehouse::fuzzing {
namespace {

void require_registry(const policy::registry_entry& registry, std::set<std::string>& names) {
    require(!registry.host.empty(), "a registry has a host");
    require(names.insert(registry.host).second, "that no other has");
    for (const std::string& alias : registry.aliases) {
        require(names.insert(alias).second, "an alias is the name of one registry");
    }
    for (const std::string& mirror : registry.mirrors) {
        require(
            mirror.starts_with("https://")
                || (registry.plain_http && mirror.starts_with("http://")),
            "a mirror is asked as it may be"
        );
        require(mirror.find('@') == std::string::npos, "and without credentials");
    }
    require(registry.ca_file.empty() || registry.ca_file.front() == '/', "paths are absolute");
}

} // namespace

void fuzz_server_configuration(std::string_view input) {
    const policy::parsed_configuration read =
        policy::parse_server_configuration({"input.yaml", std::string(input)});
    for (const policy::diagnostic& error : read.errors) {
        require(error.at.line >= 1 && error.at.column >= 1, "an error has a place");
        require_message(error.message, 1000);
    }
    require(read.configuration.has_value() == read.errors.empty(), "either a value or errors");
    if (!read.configuration) {
        return;
    }
    std::set<std::string> names;
    for (const policy::registry_entry& registry : read.configuration->registries) {
        require_registry(registry, names);
    }
    if (read.configuration->proxy) {
        require(read.configuration->proxy->https.starts_with("http://"), "a proxy is plain");
    }
    const policy::cache_settings& cache = read.configuration->cache;
    require(cache.max_bytes >= (1U << 20U), "a cache has room");
    require(cache.tag_ttl.count() >= 0 && cache.tag_ttl.count() <= 3600, "a tag is not old");
    const policy::layer_limits& limits = read.configuration->limits;
    require(limits.layer_bytes <= limits.image_bytes, "limits go together");
}

} // namespace gatehouse::fuzzing
