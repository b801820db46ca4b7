#include "policy/document/decode_configuration.h"

#include "policy/document/field_path.h"
#include "policy/document/network_forms.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace gatehouse::policy {
namespace {

/// The names that registries have so far, and where each stands.
class registry_names {
  public:
    void add(const section& registry, const section::text_item& item, const std::string& name) {
        const auto [first, is_new] = known_.emplace(name, item);
        if (!is_new) {
            registry.error_at(
                item,
                fmt::format(
                    "{} is {} too, in line {}: a registry's name stands once",
                    plain_or_quoted(name),
                    first->second.path,
                    first->second.at.line
                )
            );
        }
    }

  private:
    std::map<std::string, section::text_item> known_;
};

std::vector<std::string> decode_texts(const section& from, std::string_view field) {
    std::vector<std::string> out;
    for (section::text_item& item : from.texts(field)) {
        out.push_back(std::move(item.text));
    }
    return out;
}

std::vector<std::string> decode_mirrors(const section& from, bool plain_http) {
    std::vector<std::string> out;
    for (const section::text_item& item : from.texts("mirrors")) {
        out.push_back(mirror_url(item.text).value());
        if (!plain_http && out.back().starts_with("http://")) {
            from.error_at(item, "is plain HTTP; write https://, or plainHTTP: true if you must");
        }
    }
    return out;
}

registry_entry decode_registry(const section& from, registry_names& names) {
    registry_entry out;
    if (const std::optional<std::string> host = from.text("host")) {
        out.host = registry_host(*host).value();
        names.add(from, {*host, from.value_at("host"), below(from.path(), "host")}, out.host);
    }
    for (const section::text_item& item : from.texts("aliases")) {
        out.aliases.push_back(registry_host(item.text).value());
        names.add(from, item, out.aliases.back());
    }
    out.plain_http = from.boolean("plainHTTP").value_or(false);
    out.mirrors = decode_mirrors(from, out.plain_http);
    out.ca_file = from.text("caFile").value_or("");
    if (out.plain_http && from.has("caFile")) {
        from.error_at_name("caFile", "says nothing with plainHTTP: true, which has no certificate");
    }
    out.docker_config_files = decode_texts(from, "dockerConfigFiles");
    return out;
}

std::optional<proxy_settings> decode_proxy(const section& root) {
    const std::optional<section> from = root.object("proxy");
    if (!from) {
        return std::nullopt;
    }
    proxy_settings out;
    if (const std::optional<std::string> url = from->text("https")) {
        out.https = proxy_url(*url).value();
    }
    for (const section::text_item& item : from->texts("noProxy")) {
        out.no_proxy.push_back(no_proxy_entry(item.text).value());
    }
    return out;
}

cache_settings decode_cache(const section& from) {
    cache_settings out;
    if (const auto bytes = from.bytes("maxBytes")) {
        out.max_bytes = static_cast<std::uint64_t>(*bytes);
    }
    out.tag_ttl = from.duration("tagTTL").value_or(out.tag_ttl);
    out.max_stale_tag = from.duration("maxStaleTag").value_or(out.max_stale_tag);
    out.max_stale = from.duration("maxStale").value_or(out.max_stale);
    return out;
}

layer_limits decode_limits(const section& from) {
    layer_limits out;
    if (const auto bytes = from.bytes("layerBytes")) {
        out.layer_bytes = static_cast<std::uint64_t>(*bytes);
    }
    if (const auto bytes = from.bytes("imageBytes")) {
        out.image_bytes = static_cast<std::uint64_t>(*bytes);
    }
    if (out.layer_bytes > out.image_bytes) {
        from.error("layerBytes is more than imageBytes: an image is all its layers");
    }
    return out;
}

} // namespace

server_configuration decode_configuration(const section& root) {
    server_configuration out;
    registry_names names;
    for (const section& item : root.objects("registries")) {
        out.registries.push_back(decode_registry(item, names));
    }
    out.docker_config_files = decode_texts(root, "dockerConfigFiles");
    out.signature_directory = root.text("signatureDirectory").value_or("");
    out.proxy = decode_proxy(root);
    if (const std::optional<section> cache = root.object("cache")) {
        out.cache = decode_cache(*cache);
    }
    if (const std::optional<section> limits = root.object("limits")) {
        out.limits = decode_limits(*limits);
    }
    return out;
}

} // namespace gatehouse::policy
