#include "tests/support/signed_image.h"

#include "policy/signature/dsse.h"

#include <stdexcept>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

constexpr std::string_view in_toto = "application/vnd.in-toto+json";

json bundle_with(std::string_view field, json content) {
    json bundle = {
        {"mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json"},
        {"verificationMaterial",
         {{"publicKey", {{"hint", "some key"}}}, {"tlogEntries", json::array()}}}};
    bundle[field] = std::move(content);
    return bundle;
}

std::string raw_sha256_of_manifest() {
    const std::string hex(signed_image().hex());
    std::string raw;
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        raw += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
    }
    return raw;
}

} // namespace

std::string signed_manifest() { return R"({"schemaVersion":2,"layers":[]})"; }

policy::digest signed_image() { return policy::digest::of(signed_manifest()); }

std::shared_ptr<const policy::public_key> public_half(
    const signing_key& key,
    std::optional<policy::hash_algorithm> pinned
) {
    auto parsed = policy::public_key::parse(key.public_pem(), pinned);
    if (!parsed) {
        throw std::runtime_error(parsed.error().detail());
    }
    return parsed.value();
}

json simple_signing_payload() {
    return {
        {"critical",
         {{"identity", {{"docker-reference", "reg.example/team/app"}}},
          {"image", {{"docker-manifest-digest", signed_image().text()}}},
          {"type", "cosign container image signature"}}},
        {"optional", {{"env", "prod"}, {"team", "core"}}}};
}

policy::signature_candidate simple_signing(
    const signing_key& key,
    std::string_view payload,
    const signing_options& how
) {
    return {
        .store = policy::signature_store::signature_tag,
        .format = policy::signature_format::simple_signing,
        .content = std::string(payload),
        .signature = base64(key.sign(payload, how)),
        .where = "sha256-aa.sig layer 1"};
}

json signing_statement() {
    return {
        {"_type", "https://in-toto.io/Statement/v1"},
        {"subject",
         {{{"digest", {{"sha256", signed_image().hex()}}}, {"annotations", {{"env", "prod"}}}}}},
        {"predicateType", "https://sigstore.dev/cosign/sign/v1"},
        {"predicate", json::object()}};
}

json envelope_bundle(
    const signing_key& key,
    std::string_view statement,
    const signing_options& how
) {
    const std::string message = policy::pre_authentication_encoding(in_toto, statement);
    return bundle_with(
        "dsseEnvelope",
        {{"payloadType", in_toto},
         {"payload", base64(statement)},
         {"signatures", {{{"sig", base64(key.sign(message, how))}, {"keyid", ""}}}}}
    );
}

json message_bundle(const signing_key& key, const signing_options& how) {
    return bundle_with(
        "messageSignature",
        {{"messageDigest",
          {{"algorithm", "SHA2_256"}, {"digest", base64(raw_sha256_of_manifest())}}},
         {"signature", base64(key.sign(signed_manifest(), how))}}
    );
}

policy::signature_candidate as_candidate(const json& bundle) {
    return {
        .store = policy::signature_store::referrers,
        .format = policy::signature_format::bundle,
        .content = bundle.dump(),
        .signature = {},
        .where = "referrer sha256:bb"};
}

} // namespace gatehouse::testing_support
