#include "policy/signature/simple_signing.h"

#include "policy/json.h"
#include "policy/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gatehouse::policy {
namespace {

using nlohmann::json;

constexpr std::size_t longest_identity = 1024;

error malformed(std::string why) { return {errc::malformed, std::move(why)}; }

/// "Critical" means that a verifier must understand all of it.
result<void> check_members(const json& critical) {
    for (const auto& [name, value] : critical.items()) {
        if (name != "identity" && name != "image" && name != "type") {
            return malformed(fmt::format(
                "its payload has an unknown member critical.{}", plain_or_quoted(name, 60)
            ));
        }
    }
    return success();
}

result<void> check_type(const json& critical) {
    const std::string* const type = text_member(critical, "type");
    if (type == nullptr) {
        return malformed("its payload has no critical.type");
    }
    if (*type != "cosign container image signature" && *type != "atomic container signature") {
        return malformed(
            fmt::format("its payload is of type {}, not an image signature", policy::quoted(*type))
        );
    }
    return success();
}

result<void> check_image(const json& critical, const digest& image) {
    const json* const about = member_of(critical, "image");
    const std::string* const signed_digest =
        about == nullptr ? nullptr : text_member(*about, "docker-manifest-digest");
    if (signed_digest == nullptr) {
        return malformed("its payload has no critical.image.docker-manifest-digest");
    }
    if (*signed_digest != image.text()) {
        return malformed(
            fmt::format("its payload names another image, {}", plain_or_quoted(*signed_digest))
        );
    }
    return success();
}

result<std::string> read_identity(const json& critical) {
    const json* const identity = member_of(critical, "identity");
    const json* const name =
        identity == nullptr ? nullptr : member_of(*identity, "docker-reference");
    if (name == nullptr) {
        return std::string();
    }
    const auto* const text = name->get_ptr<const std::string*>();
    if (text == nullptr || text->size() > longest_identity) {
        return malformed("its payload's critical.identity.docker-reference is not a name");
    }
    return *text;
}

} // namespace

result<image_claim> read_simple_signing(std::string_view payload, const digest& image) {
    const result<json> parsed = parse_json(payload);
    if (!parsed) {
        return malformed("its payload " + parsed.error().detail());
    }
    const json* const critical = member_of(parsed.value(), "critical");
    if (critical == nullptr || !critical->is_object()) {
        return malformed("its payload has no critical part");
    }
    GATEHOUSE_TRY(check_members(*critical));
    GATEHOUSE_TRY(check_type(*critical));
    GATEHOUSE_TRY(check_image(*critical, image));
    image_claim claim;
    claim.type = statement_type::simple_signing;
    GATEHOUSE_TRY(claim.identity, read_identity(*critical));
    auto annotations = read_annotations(member_of(parsed.value(), "optional"));
    if (!annotations) {
        return malformed("its payload's optional parts " + annotations.error().detail());
    }
    claim.annotations = std::move(annotations.value());
    return claim;
}

} // namespace gatehouse::policy
