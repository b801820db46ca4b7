// Sigstore bundles: a match holds the statement that was signed, and a defect is one whatever the key.
#include "policy/signature/bundle.h"

#include "policy/signature/verify.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/signed_seed.h"

namespace gatehouse::fuzzing {
namespace {

using policy::signature_answer;

constexpr std::string_view other_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";

void require_what_was_signed(
    std::string_view input,
    const policy::verified_signature& fact,
    const policy::digest& image
) {
    require(fact.subject == image, "a match is about the image");
    const auto bundle = policy::parse_bundle(input);
    require(bundle.has_value(), "a match can be parsed");
    require(
        bundle.value().material == policy::bundle_material::public_key,
        "a match needs no certificate"
    );
    if (fact.type == policy::statement_type::message_signature) {
        return;
    }
    require(fact.type == policy::statement_type::cosign_sign, "a bundle holds no simple signing");
    const auto& envelope = std::get<policy::dsse_envelope>(bundle.value().content);
    require(
        policy::digest::of(envelope.payload).hex()
            == "280dcdcc41e27d55518552e6c7cb883e965802f4f12e9a66524f74c8907957d3",
        "only what was signed matches"
    );
}

} // namespace

void fuzz_bundle(std::string_view input) {
    static const auto key = seed_public_key();
    static const auto other = policy::public_key::parse(other_key, std::nullopt).value();
    static const auto image = policy::digest::of(seed_manifest);
    const policy::signature_candidate candidate{
        .store = policy::signature_store::referrers,
        .format = policy::signature_format::bundle,
        .content = std::string(input),
        .signature = {},
        .where = "seed"};
    const auto by_other = policy::verify(candidate, *other, image);
    require(by_other.answer != signature_answer::match, "nothing is by a key that signed nothing");
    const auto outcome = policy::verify(candidate, *key, image);
    require(
        (outcome.answer == signature_answer::malformed)
            == (by_other.answer == signature_answer::malformed),
        "a defect is one whatever the key"
    );
    if (outcome.answer == signature_answer::match) {
        require(outcome.fact.has_value(), "a match is a fact");
        require_what_was_signed(input, *outcome.fact, image);
        return;
    }
    require(!outcome.fact, "without a match there is no fact");
    require_message(outcome.reason, 240);
    require_message(by_other.reason, 240);
}

} // namespace gatehouse::fuzzing
