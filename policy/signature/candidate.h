#pragma once
// What a registry or a directory holds that may be a signature of an image, before anybody has verified
// it, and what verification made of it. Everything in a candidate is untrusted.

#include "policy/image/digest.h"
#include "policy/signature/public_key.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// Where it was found; a hint for messages, never evidence.
enum class signature_store : std::uint8_t { signature_tag, referrers, directory };

enum class signature_format : std::uint8_t {
    simple_signing, ///< cosign's payload blob with the signature beside it
    bundle,         ///< Sigstore bundle, v0.1 to v0.3
};

struct signature_candidate {
    signature_store store = signature_store::signature_tag;
    signature_format format = signature_format::simple_signing;
    std::string content;   ///< the payload blob, or the bundle's JSON: the exact bytes as stored
    std::string signature; ///< simple signing: base64, as it stands in the annotation
    std::string
        where; ///< "sha256-....sig layer 2", "referrer sha256:...", "file x.json"; printable
    std::string problem = {}; ///< why there is no content: "is listed but not there"
};

/// Kinds of statements that say "this image is signed"; attestations of other types never do.
enum class statement_type : std::uint8_t { simple_signing, cosign_sign, message_signature };

/// A signature of one image that one key made: a fact, whatever any policy asks for.
struct verified_signature {
    digest subject;  ///< the image that was signed
    std::string key; ///< public_key::id() of the key that verified it
    hash_algorithm hash = hash_algorithm::sha256;
    statement_type type = statement_type::simple_signing;
    signature_store store = signature_store::signature_tag;
    std::string identity; ///< the signed docker-reference; empty where the format names none
    std::map<std::string, std::string> annotations; ///< signed ones only
    std::string where;
};

} // namespace gatehouse::policy
