#include "server/check/namespace_labels.h"

#include "policy/migrate/from_psa.h"
#include "server/manifest.h"
#include "server/namespaces.h"

#include <fmt/format.h>

namespace gatehouse::server {

void label_collector::add(const std::string& source, std::string_view manifest_text) {
    const manifest found = read_manifest(manifest_text);
    for (const manifest_object& object : found.objects) {
        if (!is_namespace(object)) {
            continue;
        }
        policy::result<manifest_namespace> space = read_namespace(object);
        if (!space) {
            errors_.push_back({source, object.place, std::nullopt, space.error().detail()});
            continue;
        }
        const policy::labels_read read = policy::read_labels(space.value().labels);
        for (const policy::label_problem& one : read.problems) {
            if (one.is_refused) {
                errors_.push_back(
                    {source,
                     object.place,
                     std::nullopt,
                     fmt::format("metadata.labels[{}]: {}", one.label, one.message)}
                );
            }
        }
        namespaces_.insert_or_assign(std::move(space.value().name), read.levels);
    }
}

std::vector<policy::policy_document> label_collector::policies() const {
    std::vector<policy::labelled_namespace> all;
    for (const auto& [name, levels] : namespaces_) {
        all.push_back({name, levels});
    }
    std::vector<policy::policy_document> out = policy::policies_from_labels(all);
    for (policy::policy_document& one : out) {
        one.name = policy_name;
    }
    return out;
}

} // namespace gatehouse::server
