#include "tests/integration/api_server.h"

#include "tests/integration/ask.h"

#include <stdexcept>

namespace gatehouse::testing_support {

using nlohmann::json;

json response_in(const http_response& answer, const std::string& review) {
    const auto require = [&](bool holds, const std::string& complaint) {
        if (!holds) {
            throw std::runtime_error(complaint + ": " + answer.body.substr(0, 400));
        }
    };
    require(answer.status == 200, "HTTP " + std::to_string(answer.status));
    const json sent = json::parse(review);
    const json got = json::parse(answer.body, nullptr, false);
    require(got.is_object(), "the answer is no JSON object");
    require(got.contains("response") && got["response"].is_object(), "response was absent");
    const json& response = got["response"];
    require(response.value("uid", json()) == sent["request"]["uid"], "expected another uid");
    require(
        got.value("apiVersion", json()) == sent["apiVersion"] && got["kind"] == "AdmissionReview",
        "expected another kind"
    );
    require(
        !response.contains("patch") && !response.contains("patchType"),
        "a validating webhook may not return a patch"
    );
    require(response.value("allowed", json()).is_boolean(), "allowed is no boolean");
    return response;
}

json verdict_on(std::uint16_t webhook_port, const std::string& review) {
    return response_in(ask(webhook_port, review), review);
}

std::string message_of(const json& response) {
    const json status = response.value("status", json::object());
    return status.value("message", "");
}

} // namespace gatehouse::testing_support
