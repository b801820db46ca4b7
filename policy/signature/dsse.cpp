#include "policy/signature/dsse.h"

#include "policy/json.h"
#include "policy/signature/base64.h"
#include "policy/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gatehouse::policy {
namespace {

using nlohmann::json;

constexpr std::size_t longest_type = 256;

error malformed(std::string why) { return {errc::malformed, std::move(why)}; }

result<std::string> read_signature(const json& value) {
    const json* const signatures = member_of(value, "signatures");
    if (signatures == nullptr || !signatures->is_array()) {
        return malformed("its envelope has no signatures");
    }
    if (signatures->size() != 1) {
        return malformed(fmt::format(
            "its envelope has {}; exactly one is allowed", counted(signatures->size(), "signature")
        ));
    }
    const std::string* const text = text_member(signatures->front(), "sig");
    auto raw = text == nullptr ? std::nullopt : decode_base64(*text, base64_alphabet::either);
    if (!raw || raw->empty()) {
        return malformed("its envelope's signature is not base64");
    }
    return std::move(*raw);
}

} // namespace

result<dsse_envelope> read_envelope(const json& value) {
    const std::string* const type = text_member(value, "payloadType");
    if (type == nullptr || type->size() > longest_type) {
        return malformed("its envelope has no payloadType");
    }
    const std::string* const text = text_member(value, "payload");
    auto payload = text == nullptr ? std::nullopt : decode_base64(*text, base64_alphabet::either);
    if (!payload) {
        return malformed("its envelope's payload is not base64");
    }
    GATEHOUSE_TRY(std::string signature, read_signature(value));
    return dsse_envelope{*type, std::move(*payload), std::move(signature)};
}

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
    std::string out =
        fmt::format("DSSEv1 {} {} {} ", payload_type.size(), payload_type, payload.size());
    out += payload;
    return out;
}

} // namespace gatehouse::policy
