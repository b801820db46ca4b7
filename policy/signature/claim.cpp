#include "policy/signature/claim.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gatehouse::policy {
namespace {

// They are kept as long as the image's facts are.
constexpr std::size_t most_annotations = 256;
constexpr std::size_t longest_annotation = 4096;

} // namespace

result<std::map<std::string, std::string>> read_annotations(const nlohmann::json* value) {
    std::map<std::string, std::string> annotations;
    if (value == nullptr) {
        return annotations;
    }
    if (!value->is_object()) {
        return error(errc::malformed, "are not an object");
    }
    if (value->size() > most_annotations) {
        return error(errc::malformed, fmt::format("are more than {}", most_annotations));
    }
    for (const auto& [name, content] : value->items()) {
        const auto* const text = content.get_ptr<const std::string*>();
        if (text == nullptr) {
            continue;
        }
        if (name.size() > longest_annotation || text->size() > longest_annotation) {
            return error(
                errc::malformed, fmt::format("hold more than {} bytes", longest_annotation)
            );
        }
        annotations.emplace(name, *text);
    }
    return annotations;
}

} // namespace gatehouse::policy
