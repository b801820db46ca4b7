#include "policy/document/validate.h"

#include "policy/document/decode_configuration.h"
#include "policy/document/diagnostics.h"
#include "policy/document/documents.h"
#include "policy/document/policy_reader.h"

#include <utility>

namespace gatehouse::policy {

validated_documents validate_documents(std::span<const policy_source> sources) {
    validated_documents out;
    policy_reader policies;
    for (const policy_source& source : sources) {
        diagnostics to(source.name);
        for (const yaml_document& document :
             documents_of(source, "there is no policy and no configuration in this file", to)) {
            const yaml_node* kind = kind_of(document.root);
            if (kind == nullptr || kind->scalar != configuration_kind) {
                policies.read(document, to);
            } else if (read_configuration(document, to)) {
                ++out.configurations;
            }
        }
        to.move_into(out.errors, out.warnings);
    }
    out.policies = std::move(policies).take();
    return out;
}

} // namespace gatehouse::policy
