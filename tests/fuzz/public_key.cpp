// Public keys as PEM: what is taken is one known kind of key with its hashes, and signs nothing by itself.
#include "policy/signature/public_key.h"

#include "policy/signature/raw_signature.h"
#include "tests/fuzz/fuzz.h"

#include <string>
#include <vector>

namespace gatehouse::fuzzing {
namespace {

constexpr std::size_t sha256_hex_size = 64;

void require_usable(const policy::public_key& key) {
    require(!key.hashes().empty(), "there is a hash to try");
    require(key.fingerprint().size() == sha256_hex_size, "a fingerprint is a SHA-256");
    require(key.id().starts_with(key.fingerprint() + ":"), "an id begins with the fingerprint");
    for (const std::size_t size : {64U, 70U, 256U}) {
        const std::string zeros(size, '\0');
        const auto hash = policy::signed_with(key, "message", zeros);
        require(!hash, "zeros are no signature");
    }
}

} // namespace

void fuzz_public_key(std::string_view input) {
    using enum policy::hash_algorithm;
    const auto key = policy::public_key::parse(input, std::nullopt);
    if (!key) {
        require(key.error().code() == policy::errc::malformed, "a bad key is malformed");
        require_message(key.error().detail(), 240);
    } else {
        require_usable(*key.value());
    }
    for (const auto hash : {sha256, sha384, sha512, sm3}) {
        const auto pinned = policy::public_key::parse(input, hash);
        if (!pinned) {
            require_message(pinned.error().detail(), 240);
            continue;
        }
        require(key.has_value(), "a key that is good with a hash is good without");
        require(pinned.value()->hashes() == std::vector{hash}, "a pinned hash is the only one");
        require(pinned.value()->fingerprint() == key.value()->fingerprint(), "it is the same key");
    }
}

} // namespace gatehouse::fuzzing
