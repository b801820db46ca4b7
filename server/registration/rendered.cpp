#include "server/registration/rendered.h"

#include "policy/json.h"
#include "policy/text.h"
#include "server/kube/objects.h"
#include "server/manifest.h"

#include <fmt/format.h>

#include <set>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;
using policy::result;

// Kubernetes has no bound; a configuration of ours has one or two.
constexpr std::size_t most_webhooks = 64;
constexpr std::string_view wanted_version = "admissionregistration.k8s.io/v1";
constexpr std::string_view wanted_kind = "ValidatingWebhookConfiguration";

error malformed(std::string text) { return {errc::malformed, std::move(text)}; }

result<void> check_webhook(const nlohmann::json& webhook, std::size_t number) {
    const std::string field = fmt::format("webhooks[{}]", number);
    if (!webhook.is_object()) {
        return malformed(field + ": is not an object");
    }
    const std::string* name = policy::text_member(webhook, "name");
    if (name == nullptr || !is_object_name(*name)) {
        return malformed(field + ".name: a name such as pods.gatehouse.dev is needed");
    }
    const nlohmann::json* client = policy::member_of(webhook, "clientConfig");
    if (client == nullptr || !client->is_object()) {
        return malformed(field + ".clientConfig: is missing");
    }
    if (client->contains("caBundle")) {
        return malformed(
            field + ".clientConfig.caBundle: leave it out, it comes from the certificate in force"
        );
    }
    return policy::success();
}

} // namespace

result<rendered_registration> parse_registration(std::string_view text) {
    const manifest read = read_manifest(text, 2);
    if (!read.errors.empty()) {
        const manifest_error& first = read.errors.front();
        return malformed(
            first.at ? fmt::format("{}:{}: {}", first.at->line, first.at->column, first.message)
                     : first.message
        );
    }
    if (read.objects.size() != 1 || read.objects.front().kind != wanted_kind
        || read.objects.front().api_version != wanted_version) {
        return malformed(fmt::format("one {} of {} is needed", wanted_kind, wanted_version));
    }
    auto parsed = policy::parse_json(read.objects.front().json);
    if (!parsed) {
        return malformed(parsed.error().detail());
    }
    nlohmann::json& object = parsed.value();
    rendered_registration out;
    const nlohmann::json* metadata = policy::member_of(object, "metadata");
    const std::string* name =
        metadata == nullptr ? nullptr : policy::text_member(*metadata, "name");
    if (name == nullptr || !is_object_name(*name)) {
        return malformed("metadata.name: the name of the object is needed");
    }
    out.name = *name;
    const nlohmann::json* webhooks = policy::member_of(object, "webhooks");
    if (webhooks == nullptr || !webhooks->is_array() || webhooks->empty()
        || webhooks->size() > most_webhooks) {
        return malformed(fmt::format("webhooks: a list of 1 to {} is needed", most_webhooks));
    }
    std::set<std::string> names;
    for (std::size_t i = 0; i < webhooks->size(); ++i) {
        const nlohmann::json& one = (*webhooks)[i];
        GATEHOUSE_TRY(check_webhook(one, i));
        if (!names.insert(one.at("name").get<std::string>()).second) {
            return malformed(fmt::format("webhooks[{}].name: stands twice", i));
        }
    }
    out.webhooks = std::move(object["webhooks"]);
    return out;
}

} // namespace gatehouse::server
