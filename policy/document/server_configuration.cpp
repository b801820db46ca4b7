#include "policy/document/server_configuration.h"

#include "policy/document/check.h"
#include "policy/document/decode_configuration.h"
#include "policy/document/diagnostics.h"
#include "policy/document/documents.h"
#include "policy/document/excerpt.h"
#include "policy/document/schema.h"
#include "policy/document/section.h"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace gatehouse::policy {

std::optional<server_configuration> read_configuration(
    const yaml_document& document,
    diagnostics& to
) {
    const yaml_node& root = document.root;
    if (root.kind != yaml_kind::mapping) {
        to.error(root.at, "", "must be a mapping with apiVersion and kind");
        return std::nullopt;
    }
    const yaml_node* kind = kind_of(root);
    if (kind != nullptr && kind->scalar != configuration_kind) {
        to.error(
            kind->at,
            "kind",
            fmt::format("must be {}, not {}", configuration_kind, excerpt_of(kind->scalar))
        );
        return std::nullopt;
    }
    const std::size_t errors_before = to.errors().size();
    check_document(root, configuration_schema(), to);
    decode_context context{.to = to};
    server_configuration out =
        decode_configuration(section(root, configuration_schema(), "", context));
    if (to.errors().size() == errors_before && context.passed_over > 0) {
        to.error(document.at, "", "the configuration could not be read"); // a fault of ours
    }
    return to.errors().size() == errors_before ? std::optional(std::move(out)) : std::nullopt;
}

parsed_configuration parse_server_configuration(const policy_source& source) {
    parsed_configuration out;
    diagnostics to(source.name);
    const std::vector<yaml_document> documents =
        documents_of(source, "there is no configuration in this file", to);
    for (std::size_t i = 0; i < documents.size(); ++i) {
        if (i == 0) {
            out.configuration = read_configuration(documents[i], to);
        } else {
            to.error(documents[i].at, "", "there is another document; a configuration is one");
        }
    }
    to.move_into(out.errors, out.warnings);
    if (!out.errors.empty()) {
        out.configuration.reset();
    }
    return out;
}

registry_aliases aliases_of(const server_configuration& configuration) {
    std::map<std::string, std::string, std::less<>> hosts;
    for (const registry_entry& registry : configuration.registries) {
        for (const std::string& alias : registry.aliases) {
            hosts.emplace(alias, registry.host);
        }
    }
    return registry_aliases(std::move(hosts));
}

} // namespace gatehouse::policy
