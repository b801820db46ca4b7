#include "server/verify/payload.h"

#include <nlohmann/json.hpp>

#include <string>

namespace gatehouse::server {
namespace {

using json = nlohmann::ordered_json; // fields in cosign's order

std::string_view type_of(policy::statement_type type) {
    switch (type) {
    case policy::statement_type::simple_signing:
        return "cosign container image signature";
    case policy::statement_type::cosign_sign:
        return "https://sigstore.dev/cosign/sign/v1";
    case policy::statement_type::message_signature:
        return "message signature";
    }
    return "";
}

} // namespace

json payload_of(const policy::verified_signature& one, std::string_view image) {
    json out;
    json& critical = out["critical"];
    critical["identity"]["docker-reference"] =
        one.identity.empty() ? std::string(image) : one.identity;
    critical["image"]["docker-manifest-digest"] = one.subject.text();
    critical["type"] = type_of(one.type);
    out["optional"] = one.annotations.empty() ? json() : json(one.annotations);
    return out;
}

std::string line_of(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace gatehouse::server
