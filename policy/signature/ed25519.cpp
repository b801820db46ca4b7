#include "policy/signature/ed25519.h"

#include <sodium.h>

// Nothing here needs sodium_init(): it prepares random numbers and picks code for the CPU, and these
// functions use neither.

namespace gatehouse::policy {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

bool is_sound_ed25519_key(std::string_view key) {
    return key.size() == ed25519_key_size && crypto_core_ed25519_is_valid_point(bytes_of(key)) == 1;
}

bool verify_ed25519ph(std::string_view key, std::string_view message, std::string_view signature) {
    static_assert(ed25519_key_size == crypto_sign_ed25519_PUBLICKEYBYTES);
    static_assert(ed25519_signature_size == crypto_sign_ed25519_BYTES);
    crypto_sign_ed25519ph_state state;
    return crypto_sign_ed25519ph_init(&state) == 0
           && crypto_sign_ed25519ph_update(&state, bytes_of(message), message.size()) == 0
           && crypto_sign_ed25519ph_final_verify(&state, bytes_of(signature), bytes_of(key)) == 0;
}

} // namespace gatehouse::policy
