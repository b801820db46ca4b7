#include "policy/document/schema_values.h"

#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::size_t most_registries = 256;
constexpr std::size_t most_aliases = 64;
constexpr std::size_t most_mirrors = 16;
constexpr std::size_t most_config_files = 64;
constexpr std::size_t most_no_proxy = 256;
constexpr std::size_t most_host_characters = 260; // 253 of a name, a colon and a port
constexpr std::size_t most_url_characters = 512;
constexpr std::int64_t mebibyte = 1024 * 1024;
constexpr std::int64_t gibibyte = 1024 * mebibyte;

schema_value path_value() { return text_value(text_form::absolute_path, most_path_characters); }

schema_field docker_config_files(std::string_view description) {
    return {
        .name = "dockerConfigFiles",
        .description = description,
        .value = list_value(path_value(), 0, most_config_files),
    };
}

schema_value registry() {
    return object_value({
        {
            .name = "host",
            .description = "The registry, exactly: host, or host:port.",
            .value = text_value(text_form::registry_host, most_host_characters),
            .required = true,
        },
        {
            .name = "aliases",
            .description = "Other names of the same registry; images are known by its host.",
            .value = list_value(
                text_value(text_form::registry_host, most_host_characters), 0, most_aliases
            ),
        },
        {
            .name = "mirrors",
            .description = "URLs that are asked first, in this order.",
            .value =
                list_value(text_value(text_form::mirror_url, most_url_characters), 0, most_mirrors),
        },
        {
            .name = "caFile",
            .description = "The certificates that the registry's own must come from; absent: the "
                           "system's.",
            .value = path_value(),
        },
        {
            .name = "plainHTTP",
            .description = "Whether the registry is asked without TLS.",
            .value = boolean_value(),
            .absent_as = "false",
        },
        docker_config_files("Files with credentials for this registry, read again when they change."
        ),
    });
}

schema_value proxy() {
    return object_value({
        {
            .name = "https",
            .description = "The proxy that connections to registries go through, as "
                           "http://host:port.",
            .value = text_value(text_form::proxy_url, most_url_characters),
            .required = true,
        },
        {
            .name = "noProxy",
            .description = "Hosts, suffixes such as .svc, addresses and ranges that are asked "
                           "directly.",
            .value = list_value(
                text_value(text_form::no_proxy_entry, most_host_characters), 0, most_no_proxy
            ),
        },
    });
}

schema_value cache() {
    using std::chrono::hours;
    constexpr hours day(24);
    return object_value({
        {
            .name = "maxBytes",
            .description = "How much memory facts about images may take.",
            .value = size_value(mebibyte, 16 * gibibyte),
            .absent_as = "64Mi",
        },
        {
            .name = "tagTTL",
            .description = "How long the digest of a tag is taken for true.",
            .value = duration_value(hours(1)),
            .absent_as = "60s",
        },
        {
            .name = "maxStaleTag",
            .description = "How old the digest of a tag may become while its registry cannot be "
                           "had.",
            .value = duration_value(7 * day),
            .absent_as = "1h",
        },
        {
            .name = "maxStale",
            .description = "How old other facts may become while their registry cannot be had.",
            .value = duration_value(30 * day),
            .absent_as = "24h",
        },
    });
}

schema_value limits() {
    return object_value({
        {
            .name = "layerBytes",
            .description = "The largest layer that is read, decompressed.",
            .value = size_value(mebibyte, 64 * gibibyte),
            .absent_as = "512Mi",
        },
        {
            .name = "imageBytes",
            .description = "The largest image that is read, decompressed.",
            .value = size_value(mebibyte, 64 * gibibyte),
            .absent_as = "1Gi",
        },
    });
}

schema_value document() {
    return object_value({
        api_version_field(),
        kind_field("ServerConfiguration"),
        {
            .name = "registries",
            .description = "The registries that are known; only these may have private addresses.",
            .value = list_value(registry(), 0, most_registries),
        },
        docker_config_files("Files with credentials, each used only for the registry it names."),
        {
            .name = "signatureDirectory",
            .description = "A directory of signatures, for registries that cannot hold them.",
            .value = path_value(),
        },
        {
            .name = "trustedRoots",
            .description = "Roots of trust for certificates of signers.",
            .value = ignored_value(),
            .supported = false,
        },
        {
            .name = "proxy",
            .description = "The way to registries that are not asked directly.",
            .value = proxy(),
        },
        {
            .name = "cache",
            .description = "What is kept of what registries said, and for how long.",
            .value = cache(),
        },
        {
            .name = "limits",
            .description = "How much of an image is read.",
            .value = limits(),
        },
    });
}

} // namespace

const schema_value& configuration_schema() {
    static const schema_value schema = document();
    return schema;
}

} // namespace gatehouse::policy
