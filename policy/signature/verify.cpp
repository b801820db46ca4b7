#include "policy/signature/verify.h"

#include "policy/signature/base64.h"
#include "policy/signature/bundle.h"
#include "policy/signature/raw_signature.h"
#include "policy/signature/simple_signing.h"
#include "policy/signature/statement.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

// A bundle with its log entries is 10 KB; large attestations share the place where signatures lie.
constexpr std::size_t largest_content = std::size_t{16} * 1024 * 1024;
// base64 of a signature by the largest RSA key is 1,368 bytes.
constexpr std::size_t longest_signature = 4096;

constexpr std::string_view not_by_this_key = "was not signed with this key";

signature_outcome answered(signature_answer answer, std::string reason) {
    return {answer, std::nullopt, std::move(reason)};
}

signature_outcome malformed(std::string reason) {
    return answered(signature_answer::malformed, std::move(reason));
}

signature_outcome no_match(std::string_view reason) {
    return answered(signature_answer::no_match, std::string(reason));
}

struct question {
    const signature_candidate& candidate;
    const public_key& key;
    const digest& image;
};

signature_outcome matched(const question& asked, hash_algorithm hash, image_claim claim) {
    return {
        signature_answer::match,
        verified_signature{
            .subject = asked.image,
            .key = asked.key.id(),
            .hash = hash,
            .type = claim.type,
            .store = asked.candidate.store,
            .identity = std::move(claim.identity),
            .annotations = std::move(claim.annotations),
            .where = asked.candidate.where},
        {}};
}

/// Claims are read first, so that a defect is told whatever the key; they count once the signature
/// over the same bytes holds.
signature_outcome verify_simple_signing(const question& asked) {
    if (asked.candidate.signature.size() > longest_signature) {
        return malformed(fmt::format("its signature has more than {} bytes", longest_signature));
    }
    const auto signature = decode_base64(asked.candidate.signature);
    if (!signature || signature->empty()) {
        return malformed("its signature is not base64");
    }
    auto claim = read_simple_signing(asked.candidate.content, asked.image);
    if (!claim) {
        return malformed(claim.error().detail());
    }
    const auto hash = signed_with(asked.key, asked.candidate.content, *signature);
    return hash ? matched(asked, *hash, std::move(claim.value())) : no_match(not_by_this_key);
}

signature_outcome verify_envelope(const question& asked, const dsse_envelope& envelope) {
    if (envelope.payload_type != in_toto_payload_type) {
        return malformed(fmt::format(
            "its envelope holds {}, not an in-toto statement",
            plain_or_quoted(envelope.payload_type)
        ));
    }
    auto claim = read_statement(envelope.payload, asked.image);
    if (!claim) {
        return malformed(claim.error().detail());
    }
    const std::string message =
        pre_authentication_encoding(envelope.payload_type, envelope.payload);
    const auto hash = signed_with(asked.key, message, envelope.signature);
    return hash ? matched(asked, *hash, std::move(claim.value())) : no_match(not_by_this_key);
}

signature_outcome verify_message(const question& asked, const message_signature& message) {
    if (message.digest) {
        const bool is_256 = asked.image.algorithm() == digest_algorithm::sha256;
        if (message.digest->algorithm != (is_256 ? "SHA2_256" : "SHA2_512")) {
            return malformed(fmt::format(
                "its message digest is {}, which cannot be compared with the image's",
                plain_or_quoted(message.digest->algorithm)
            ));
        }
        if (message.digest->bytes != raw_bytes(asked.image)) {
            return malformed("its message digest is of another image");
        }
    }
    if (!can_verify_digest(asked.key.type())) {
        return no_match(
            "signs the image's bytes, which keys of this type (Ed25519, SM2) cannot check "
            "by the image's digest"
        );
    }
    image_claim claim; // the image itself was signed, nothing beside it
    claim.type = statement_type::message_signature;
    const auto hash = signed_with(asked.key, asked.image, message.signature);
    return hash ? matched(asked, *hash, std::move(claim)) : no_match(not_by_this_key);
}

signature_outcome verify_bundle(const question& asked) {
    const auto bundle = parse_bundle(asked.candidate.content);
    if (!bundle) {
        return malformed(bundle.error().detail());
    }
    if (bundle.value().material == bundle_material::certificate) {
        return no_match("is signed with a certificate (keyless), which is not supported yet");
    }
    if (const auto* const envelope = std::get_if<dsse_envelope>(&bundle.value().content)) {
        return verify_envelope(asked, *envelope);
    }
    return verify_message(asked, std::get<message_signature>(bundle.value().content));
}

} // namespace

signature_outcome verify(
    const signature_candidate& candidate,
    const public_key& key,
    const digest& image
) {
    if (!candidate.problem.empty()) {
        return malformed(candidate.problem);
    }
    if (candidate.content.size() > largest_content) {
        return malformed("is larger than 16 MiB");
    }
    const question asked{candidate, key, image};
    switch (candidate.format) {
    case signature_format::simple_signing:
        return verify_simple_signing(asked);
    case signature_format::bundle:
        return verify_bundle(asked);
    }
    return malformed("is of an unknown format");
}

} // namespace gatehouse::policy
