#include "server/trial/reviews.h"

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

std::string text_of(const json& from, const char* key) {
    const auto found = from.find(key);
    return found != from.end() && found->is_string()
               ? policy::printable(found->get_ref<const std::string&>(), longest_text)
               : std::string();
}

/// Every line of a denial, those behind the first set in.
std::string message_of(const json& status) {
    const auto found = status.find("message");
    if (found == status.end() || !found->is_string()) {
        return {};
    }
    std::string out;
    std::string_view rest = found->get_ref<const std::string&>();
    rest = rest.substr(0, longest_text);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        out += out.empty() ? "" : "\n  ";
        out += policy::printable(rest.substr(0, end), longest_text);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

std::string_view name_of(bool is_allowed) noexcept { return is_allowed ? "allowed" : "denied"; }

policy::result<std::string> read_response(const trial_review& asked, const json& response) {
    if (text_of(response, "uid") != asked.uid) {
        return wrong("the answer has another uid than the question");
    }
    const auto allowed = response.find("allowed");
    if (allowed == response.end() || !allowed->is_boolean()) {
        return wrong("the answer does not say whether it allows");
    }
    const bool is_allowed = allowed->get<bool>();
    const json status = response.value("status", json::object());
    const std::string message = status.is_object() ? message_of(status) : std::string();
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
    const json warnings = response.value("warnings", json::array());
    for (const json& one : warnings.is_array() ? warnings : json::array()) {
        if (one.is_string()) {
            said += fmt::format(
                "  Warning: {}\n",
                policy::printable(one.get_ref<const std::string&>(), longest_text)
            );
        }
    }
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
    const json answer = json::parse(body, nullptr, false);
    if (!answer.is_object() || text_of(answer, "apiVersion") != api_version
        || text_of(answer, "kind") != kind) {
        return wrong("it answered something else than an AdmissionReview");
    }
    const auto response = answer.find("response");
    if (response == answer.end() || !response->is_object()) {
        return wrong("its AdmissionReview has no response");
    }
    return read_response(asked, *response);
}

} // namespace gatehouse::server
