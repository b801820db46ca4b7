#include "server/certificates/secret_contents.h"

#include "policy/json.h"
#include "policy/signature/base64.h"
#include "server/base64_text.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

using nlohmann::json;
using policy::result;

result<std::string> field_of(const json& object, const char* name) {
    const json* data = policy::member_of(object, "data");
    const std::string* text = data == nullptr ? nullptr : policy::text_member(*data, name);
    if (text == nullptr) {
        return std::string();
    }
    auto bytes = policy::decode_base64(*text);
    if (!bytes) {
        return policy::error(policy::errc::malformed, fmt::format("{}: is not base64", name));
    }
    return std::move(*bytes);
}

std::string annotation_of(const json& object, const char* name) {
    const json* metadata = policy::member_of(object, "metadata");
    const json* all = metadata == nullptr ? nullptr : policy::member_of(*metadata, "annotations");
    const std::string* text = all == nullptr ? nullptr : policy::text_member(*all, name);
    return text == nullptr ? std::string() : text->substr(0, 64);
}

void annotate(json& annotations, const char* name, const std::string& value) {
    if (value.empty()) {
        annotations.erase(name);
    } else {
        annotations[name] = value;
    }
}

} // namespace

result<secret_contents> contents_of(const json& object) {
    secret_contents out;
    GATEHOUSE_TRY(out.leaf, field_of(object, "tls.crt"));
    GATEHOUSE_TRY(auto leaf_key, field_of(object, "tls.key"));
    GATEHOUSE_TRY(out.bundle, field_of(object, "ca.crt"));
    GATEHOUSE_TRY(auto authority_key, field_of(object, "ca.key"));
    out.leaf_key = secret(std::move(leaf_key));
    out.authority_key = secret(std::move(authority_key));
    out.phase = annotation_of(object, phase_annotation);
    out.since = annotation_of(object, since_annotation);
    out.rotate = annotation_of(object, rotate_annotation);
    return out;
}

json with_contents(json object, const secret_contents& contents) {
    json& data = object["data"];
    if (!data.is_object()) {
        data = json::object();
    }
    data["tls.crt"] = base64_text(contents.leaf);
    data["tls.key"] = base64_text(contents.leaf_key.reveal());
    data["ca.crt"] = base64_text(contents.bundle);
    data["ca.key"] = base64_text(contents.authority_key.reveal());
    json& annotations = object["metadata"]["annotations"];
    if (!annotations.is_object()) {
        annotations = json::object();
    }
    annotate(annotations, phase_annotation, contents.phase);
    annotate(annotations, since_annotation, contents.since);
    annotate(annotations, rotate_annotation, contents.rotate);
    return object;
}

} // namespace gatehouse::server
