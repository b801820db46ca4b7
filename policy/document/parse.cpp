#include "policy/document/parse.h"

#include "policy/document/diagnostics.h"
#include "policy/document/documents.h"
#include "policy/document/policy_reader.h"

#include <utility>

namespace gatehouse::policy {

parsed_policies parse_policies(std::span<const policy_source> sources) {
    parsed_policies out;
    if (sources.empty()) {
        out.errors.push_back({"", {}, "", "there is no policy file"});
    }
    policy_reader policies;
    for (const policy_source& source : sources) {
        diagnostics to(source.name);
        for (const yaml_document& document :
             documents_of(source, "there is no policy in this file", to)) {
            policies.read(document, to);
        }
        to.move_into(out.errors, out.warnings);
    }
    out.policies = std::move(policies).take();
    return out;
}

} // namespace gatehouse::policy
