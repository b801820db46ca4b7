#include "server/trial/reviews.h"

#include "policy/json.h"
#include "policy/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

using nlohmann::json;

constexpr std::string_view api_version = "admission.k8s.io/v1";
constexpr std::string_view kind = "AdmissionReview";
constexpr std::size_t longest_text = 1024;

json pod(json spec) {
    return {
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", {{"name", "gatehouse-test"}, {"namespace", "default"}}},
        {"spec", std::move(spec)}};
}

json ordinary_pod() { return pod({{"containers", {{{"name", "app"}, {"image", "nginx"}}}}}); }

trial_review review(
    std::string_view about,
    trial_verdict wanted,
    std::string_view operation,
    json object,
    json old_object
) {
    // API servers give every call another; here the number of the question is as good.
    const std::string uid =
        fmt::format("00000000-0000-4000-8000-{:012}", static_cast<unsigned>(wanted));
    const json body{
        {"apiVersion", api_version},
        {"kind", kind},
        {"request",
         {{"uid", uid},
          {"kind", {{"group", ""}, {"version", "v1"}, {"kind", "Pod"}}},
          {"resource", {{"group", ""}, {"version", "v1"}, {"resource", "pods"}}},
          {"name", "gatehouse-test"},
          {"namespace", "default"},
          {"operation", operation},
          {"userInfo", {{"username", "gatehouse-test"}, {"groups", {"system:authenticated"}}}},
          {"object", std::move(object)},
          {"oldObject", std::move(old_object)},
          {"dryRun", true}}}};
    return {about, wanted, uid, body.dump()};
}

policy::error wrong(std::string what) { return {policy::errc::malformed, std::move(what)}; }

bool says(const json& from, std::string_view name, std::string_view text) {
    const std::string* const found = policy::text_member(from, name);
    return found != nullptr && *found == text;
}

/// Every line of a denial, those behind the first set in.
std::string message_of(const json& response) {
    const json* const status = policy::member_of(response, "status");
    const std::string* const message =
        status == nullptr ? nullptr : policy::text_member(*status, "message");
    if (message == nullptr) {
        return {};
    }
    std::string out;
    std::string_view rest = policy::cut(*message, longest_text);
    const bool is_cut = rest.size() < message->size();
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        out += out.empty() ? "" : "\n  ";
        out += policy::printable(rest.substr(0, end), longest_text);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    out += is_cut && !out.ends_with("...") ? "..." : "";
    return out;
}

std::string_view name_of(bool is_allowed) noexcept { return is_allowed ? "allowed" : "denied"; }

void append_warnings(std::string& to, const json* warnings) {
    if (warnings == nullptr || !warnings->is_array()) {
        return;
    }
    for (const json& one : *warnings) {
        if (const auto* text = one.get_ptr<const std::string*>()) {
            to += fmt::format("  Warning: {}\n", policy::printable(*text, longest_text));
        }
    }
}

policy::result<std::string> read_response(const trial_review& asked, const json& response) {
    if (!says(response, "uid", asked.uid)) {
        return wrong("the answer has another uid than the question");
    }
    const json* const allowed = policy::member_of(response, "allowed");
    if (allowed == nullptr || !allowed->is_boolean()) {
        return wrong("the answer does not say whether it allows");
    }
    const bool is_allowed = allowed->get<bool>();
    const std::string message = message_of(response);
    if (asked.wanted != trial_verdict::of_the_policies
        && is_allowed != (asked.wanted == trial_verdict::allowed)) {
        return wrong(fmt::format(
            "{} was {}, which no policy can make it{}{}",
            asked.about,
            name_of(is_allowed),
            message.empty() ? "" : ": ",
            message
        ));
    }
    std::string said = fmt::format("{}: {}", name_of(is_allowed), asked.about);
    said += asked.wanted == trial_verdict::of_the_policies ? ", by the policies in force" : "";
    said += message.empty() ? "\n" : fmt::format(": {}\n", message);
    append_warnings(said, policy::member_of(response, "warnings"));
    return said;
}

} // namespace

std::vector<trial_review> trial_reviews() {
    using enum trial_verdict;
    return {
        review("the deletion of a pod", allowed, "DELETE", nullptr, ordinary_pod()),
        review(
            "a pod that cannot be read", denied, "CREATE", pod({{"containers", "none"}}), nullptr
        ),
        review("a pod with the image nginx", of_the_policies, "CREATE", ordinary_pod(), nullptr)};
}

policy::result<std::string> read_trial_answer(
    const trial_review& asked,
    unsigned status,
    std::string_view body
) {
    if (status != 200) {
        return wrong(
            fmt::format("it answered {}: {}", status, policy::printable(body, longest_text))
        );
    }
    const policy::result<json> answer = policy::parse_json(body);
    if (!answer) {
        return wrong("its answer " + answer.error().detail());
    }
    if (!says(answer.value(), "apiVersion", api_version) || !says(answer.value(), "kind", kind)) {
        return wrong("it answered something else than an AdmissionReview");
    }
    const json* const response = policy::member_of(answer.value(), "response");
    if (response == nullptr || !response->is_object()) {
        return wrong("its AdmissionReview has no response");
    }
    return read_response(asked, *response);
}

} // namespace gatehouse::server
