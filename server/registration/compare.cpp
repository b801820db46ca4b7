#include "server/registration/compare.h"

#include "policy/json.h"
#include "policy/signature/base64.h"
#include "server/base64_text.h"

#include <map>
#include <utility>

namespace gatehouse::server {
namespace {

using nlohmann::json;

void set_default(json& object, const char* name, json value) {
    if (!object.contains(name) || object[name].is_null()) {
        object[name] = std::move(value);
    }
}

/// The defaults of admissionregistration.k8s.io/v1.
void say_defaults(json& webhook) {
    if (!webhook.is_object()) {
        return;
    }
    set_default(webhook, "failurePolicy", "Fail");
    set_default(webhook, "matchPolicy", "Equivalent");
    set_default(webhook, "namespaceSelector", json::object());
    set_default(webhook, "objectSelector", json::object());
    set_default(webhook, "timeoutSeconds", 10);
    if (webhook.contains("rules") && webhook["rules"].is_array()) {
        for (json& rule : webhook["rules"]) {
            if (rule.is_object()) {
                set_default(rule, "scope", "*");
            }
        }
    }
    json& client = webhook["clientConfig"];
    if (client.is_object() && client.contains("service") && client["service"].is_object()) {
        set_default(client["service"], "port", 443);
    }
}

/// As an API server would answer: without lists and texts that say nothing.
void drop_nothings(json& value) {
    if (value.is_object()) {
        for (auto at = value.begin(); at != value.end();) {
            drop_nothings(at.value());
            const bool is_nothing = at->is_null() || (at->is_array() && at->empty());
            at = is_nothing ? value.erase(at) : std::next(at);
        }
    } else if (value.is_array()) {
        for (json& one : value) {
            drop_nothings(one);
        }
    }
}

/// Webhooks by name; what has none, or one that stands twice, by something no webhook is called.
std::map<std::string, json> by_name(const json& webhooks) {
    std::map<std::string, json> out;
    for (const json& one : webhooks) {
        const std::string* name = policy::text_member(one, "name");
        json said = one;
        say_defaults(said);
        drop_nothings(said);
        const bool is_new = name != nullptr && !out.contains(*name);
        out.emplace(is_new ? *name : "#" + std::to_string(out.size()), std::move(said));
    }
    return out;
}

const json* webhooks_of(const json& object) {
    const json* webhooks = policy::member_of(object, "webhooks");
    return webhooks != nullptr && webhooks->is_array() ? webhooks : nullptr;
}

/// Of the object that was read and of no other: not of one that somebody changed or made anew meanwhile.
json identity_of(const json& live, const std::string& name) {
    json metadata{{"name", name}};
    const json* known = policy::member_of(live, "metadata");
    for (const char* field : {"uid", "resourceVersion"}) {
        const std::string* value = known == nullptr ? nullptr : policy::text_member(*known, field);
        if (value != nullptr) {
            metadata[field] = *value;
        }
    }
    return {
        {"apiVersion", "admissionregistration.k8s.io/v1"},
        {"kind", "ValidatingWebhookConfiguration"},
        {"metadata", std::move(metadata)}};
}

} // namespace

json wanted_webhooks(json rendered, const std::string& bundle) {
    const std::string encoded = base64_text(bundle);
    for (json& one : rendered) {
        say_defaults(one);
        one["clientConfig"]["caBundle"] = encoded;
    }
    return rendered;
}

bool has_webhooks(const json& live, const json& wanted) {
    const json* webhooks = webhooks_of(live);
    return webhooks != nullptr && by_name(*webhooks) == by_name(wanted);
}

bool is_without_webhooks(const json& live) {
    const json* webhooks = webhooks_of(live);
    return webhooks == nullptr || webhooks->empty();
}

std::optional<std::string> bundle_of(const json& live) {
    const json* webhooks = webhooks_of(live);
    if (webhooks == nullptr) {
        return std::nullopt;
    }
    const std::string* first = nullptr;
    for (const json& one : *webhooks) {
        const json* client = policy::member_of(one, "clientConfig");
        const std::string* bundle =
            client == nullptr ? nullptr : policy::text_member(*client, "caBundle");
        if (bundle == nullptr || (first != nullptr && *first != *bundle)) {
            return std::nullopt;
        }
        first = bundle;
    }
    return first == nullptr ? std::nullopt : policy::decode_base64(*first);
}

json correction_of(const json& live, const std::string& name, const json& wanted) {
    json out = identity_of(live, name);
    out["webhooks"] = wanted;
    return out;
}

} // namespace gatehouse::server
