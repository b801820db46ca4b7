#include "policy/signature/bundle.h"

#include "policy/json.h"
#include "policy/signature/base64.h"
#include "policy/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

using nlohmann::json;

// As Sigstore's own verifiers limit them.
constexpr std::size_t most_log_entries = 32;
constexpr std::size_t most_timestamps = 32;
constexpr std::size_t longest_algorithm = 32;

constexpr std::array<std::string_view, 4> media_types = {
    "application/vnd.dev.sigstore.bundle.v0.3+json",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
};

error malformed(std::string why) { return {errc::malformed, std::move(why)}; }

result<void> check_media_type(const json& bundle) {
    const std::string* const type = text_member(bundle, "mediaType");
    if (type == nullptr) {
        return malformed("its bundle has no mediaType");
    }
    if (std::ranges::find(media_types, *type) == media_types.end()) {
        return malformed(
            fmt::format("its bundle is of an unknown version, {}", plain_or_quoted(*type))
        );
    }
    return success();
}

result<void> check_count(const json& holder, std::string_view name, std::size_t most) {
    const json* const list = member_of(holder, name);
    if (list == nullptr) {
        return success();
    }
    if (!list->is_array()) {
        return malformed(fmt::format("its bundle's {} is not a list", name));
    }
    if (list->size() > most) {
        return malformed(fmt::format("its bundle has more than {} {}", most, name));
    }
    return success();
}

result<bundle_material> read_material(const json& bundle) {
    const json* const material = member_of(bundle, "verificationMaterial");
    if (material == nullptr || !material->is_object()) {
        return malformed("its bundle has no verificationMaterial");
    }
    GATEHOUSE_TRY(check_count(*material, "tlogEntries", most_log_entries));
    if (const json* const times = member_of(*material, "timestampVerificationData")) {
        GATEHOUSE_TRY(check_count(*times, "rfc3161Timestamps", most_timestamps));
    }
    const json* const key = member_of(*material, "publicKey");
    if (key != nullptr && !key->is_object()) {
        return malformed("its bundle's publicKey is not an object");
    }
    const bool has_key = key != nullptr;
    const bool has_certificate = member_of(*material, "certificate") != nullptr;
    const bool has_chain = member_of(*material, "x509CertificateChain") != nullptr;
    if (int{has_key} + int{has_certificate} + int{has_chain} != 1) {
        return malformed("its bundle must name exactly one of a public key and a certificate");
    }
    return has_key ? bundle_material::public_key : bundle_material::certificate;
}

result<message_signature> read_message_signature(const json& value) {
    message_signature out;
    const std::string* const signature = text_member(value, "signature");
    auto raw = signature == nullptr ? std::nullopt : decode_base64(*signature);
    if (!raw || raw->empty()) {
        return malformed("its bundle's signature is not base64");
    }
    out.signature = std::move(*raw);
    if (const json* const digest = member_of(value, "messageDigest")) {
        const std::string* const algorithm = text_member(*digest, "algorithm");
        const std::string* const text = text_member(*digest, "digest");
        auto bytes = text == nullptr ? std::nullopt : decode_base64(*text);
        if (algorithm == nullptr || algorithm->size() > longest_algorithm || !bytes) {
            return malformed("its bundle's messageDigest is not an algorithm and base64");
        }
        out.digest = {*algorithm, std::move(*bytes)};
    }
    return out;
}

} // namespace

result<signature_bundle> parse_bundle(std::string_view text) {
    const result<json> parsed = parse_json(text);
    if (!parsed) {
        return malformed("its bundle " + parsed.error().detail());
    }
    const json& bundle = parsed.value();
    GATEHOUSE_TRY(check_media_type(bundle));
    signature_bundle out;
    GATEHOUSE_TRY(out.material, read_material(bundle));
    const json* const envelope = member_of(bundle, "dsseEnvelope");
    const json* const message = member_of(bundle, "messageSignature");
    if ((envelope == nullptr) == (message == nullptr)) {
        return malformed("its bundle must hold exactly one of dsseEnvelope and messageSignature");
    }
    if (envelope != nullptr) {
        GATEHOUSE_TRY(out.content, read_envelope(*envelope));
    } else {
        GATEHOUSE_TRY(out.content, read_message_signature(*message));
    }
    return out;
}

} // namespace gatehouse::policy
