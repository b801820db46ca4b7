#include "policy/document/documents.h"

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

constexpr yaml_limits document_limits{
    .depth = 32,
    .nodes = 1'000'000,
    .text = 16 * 1024 * 1024,
    .documents = 10'000,
};

} // namespace

std::vector<yaml_document> documents_of(
    const policy_source& source,
    std::string_view if_none,
    diagnostics& to
) {
    std::vector<yaml_document> all = parse_yaml(source.text, document_limits);
    const bool any = std::ranges::any_of(all, [](const yaml_document& document) {
        return document.has_problem || !document.empty;
    });
    if (!any) {
        to.error({}, "", std::string(if_none));
    }
    for (const yaml_document& document : all) {
        if (document.has_problem) {
            to.error(document.problem.at, "", document.problem.message);
        }
    }
    std::erase_if(all, [](const yaml_document& document) {
        return document.has_problem || document.empty;
    });
    return all;
}

const yaml_node* kind_of(const yaml_node& root) {
    for (const auto& [key, value] : root.entries) {
        if (key.kind == yaml_kind::scalar && key.scalar == "kind") {
            return value.kind == yaml_kind::scalar ? &value : nullptr;
        }
    }
    return nullptr;
}

} // namespace gatehouse::policy
