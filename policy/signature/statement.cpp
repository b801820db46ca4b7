#include "policy/signature/statement.h"

#include "policy/json.h"
#include "policy/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gatehouse::policy {
namespace {

using nlohmann::json;

// As Sigstore's own verifiers limit them.
constexpr std::size_t most_subjects = 1024;
constexpr std::size_t most_digests = 32;

error malformed(std::string why) { return {errc::malformed, std::move(why)}; }

result<void> check_types(const json& statement) {
    const std::string* const type = text_member(statement, "_type");
    if (type == nullptr
        || (*type != "https://in-toto.io/Statement/v0.1"
            && *type != "https://in-toto.io/Statement/v1")) {
        return malformed("its payload is not an in-toto statement of version 0.1 or 1");
    }
    const std::string* const predicate = text_member(statement, "predicateType");
    if (predicate == nullptr) {
        return malformed("its statement has no predicateType");
    }
    if (*predicate != "https://sigstore.dev/cosign/sign/v1") {
        return malformed(fmt::format(
            "is an attestation of type {}, not an image signature", plain_or_quoted(*predicate)
        ));
    }
    return success();
}

std::string_view name_of(digest_algorithm algorithm) {
    return algorithm == digest_algorithm::sha256 ? "sha256" : "sha512";
}

/// The subject that is the image; never by its name.
result<const json*> find_subject(const json& statement, const digest& image) {
    const json* const subjects = member_of(statement, "subject");
    if (subjects == nullptr || !subjects->is_array()) {
        return malformed("its statement has no subject");
    }
    if (subjects->size() > most_subjects) {
        return malformed(fmt::format("its statement has more than {} subjects", most_subjects));
    }
    for (const json& subject : *subjects) {
        const json* const digests = member_of(subject, "digest");
        if (digests == nullptr) {
            continue;
        }
        if (digests->size() > most_digests) {
            return malformed(
                fmt::format("its statement has a subject with more than {} digests", most_digests)
            );
        }
        const std::string* const hex = text_member(*digests, name_of(image.algorithm()));
        if (hex != nullptr && *hex == image.hex()) {
            return &subject;
        }
    }
    return malformed("its statement is about another image");
}

} // namespace

result<image_claim> read_statement(std::string_view payload, const digest& image) {
    const result<json> parsed = parse_json(payload);
    if (!parsed) {
        return malformed("its statement " + parsed.error().detail());
    }
    GATEHOUSE_TRY(check_types(parsed.value()));
    GATEHOUSE_TRY(const json* const subject, find_subject(parsed.value(), image));
    auto annotations = read_annotations(member_of(*subject, "annotations"));
    if (!annotations) {
        return malformed("its statement's annotations " + annotations.error().detail());
    }
    image_claim claim;
    claim.type = statement_type::cosign_sign;
    claim.annotations = std::move(annotations.value());
    return claim;
}

} // namespace gatehouse::policy
