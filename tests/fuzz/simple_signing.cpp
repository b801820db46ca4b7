// Payloads of simple signing: a signature holds for the bytes that were signed and for no others, and a
// defect is one whatever the key.
#include "policy/signature/simple_signing.h"

#include "policy/signature/verify.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/signed_seed.h"

namespace gatehouse::fuzzing {

void fuzz_simple_signing(std::string_view input) {
    static const auto key = seed_public_key();
    static const auto image = policy::digest::of(seed_manifest);
    const policy::signature_candidate candidate{
        .store = policy::signature_store::signature_tag,
        .format = policy::signature_format::simple_signing,
        .content = std::string(input),
        .signature = std::string(seed_signature),
        .where = "seed"};
    const auto outcome = policy::verify(candidate, *key, image);
    const auto claim = policy::read_simple_signing(input, image);
    require(
        claim.has_value() == (outcome.answer != policy::signature_answer::malformed),
        "what says something else is a defect"
    );
    if (outcome.answer != policy::signature_answer::match) {
        require(!outcome.fact, "without a match there is no fact");
        require_message(outcome.reason, 240);
        return;
    }
    require(
        policy::digest::of(input).hex()
            == "acc04ae5645edae07a70d812f0f6363d56db67c375a1ae6218717b2ccac748b7",
        "only what was signed matches"
    );
    require(outcome.fact && outcome.fact->subject == image, "a match is about the image");
    require(outcome.fact->key == key->id(), "a match is by the key");
}

} // namespace gatehouse::fuzzing
