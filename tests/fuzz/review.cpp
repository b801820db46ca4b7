// A request body to an answer: JSON that another parser reads, with the request's uid, and never an allow
// for what could not be read or for a pod whose images the one policy does not list.
#include "policy/text.h"
#include "server/admission/judge.h"
#include "tests/fuzz/fuzz.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace gatehouse::fuzzing {
namespace {

using nlohmann::json;

/// One policy over everything: images of one registry by digest.
std::vector<policy::policy_document> one_policy() {
    policy::policy_document document;
    document.name = "only";
    document.workloads = policy::template_mode::deny;
    document.images.emplace();
    document.images->allow.emplace(std::vector{
        policy::image_pattern::parse("reg.example/**").value()});
    document.images->require_digest = true;
    document.run_as.emplace();
    document.run_as->run_as_user = {policy::id_rule::must_run_as_non_root, {}};
    std::vector<policy::policy_document> documents;
    documents.push_back(std::move(document));
    return documents;
}

/// A member of an object, or null where there is none or `from` is no object.
const json& at(const json& from, const char* key) {
    static const json absent;
    if (!from.is_object()) {
        return absent;
    }
    const auto found = from.find(key);
    return found == from.end() ? absent : *found;
}

bool is_plain_pod_create(const json& request) {
    const json& resource = at(request, "resource");
    const json& annotations = at(at(at(request, "object"), "metadata"), "annotations");
    return at(request, "operation") == "CREATE" && at(resource, "group") == ""
           && at(resource, "resource") == "pods" && at(request, "subResource").is_null()
           && at(annotations, "kubernetes.io/config.mirror").is_null();
}

void require_allowed_images(const json& pod) {
    const json& spec = at(pod, "spec");
    require(at(spec, "containers").is_array(), "an allowed pod has containers");
    for (const char* list : {"containers", "initContainers", "ephemeralContainers"}) {
        for (const json& container : at(spec, list)) {
            const json& image = at(container, "image");
            require(image.is_string(), "an allowed container has an image");
            const auto text = policy::lower(image.get_ref<const std::string&>());
            require(text.starts_with("reg.example"), "an allowed image is from the one registry");
            require(text.find("@sha") != std::string::npos, "and named by digest");
        }
    }
}

void check_response(const server::judged_review& answer, const json& review) {
    const json response = json::parse(answer.body, nullptr, false);
    require(!response.is_discarded(), "the response is JSON");
    const json& verdict = at(response, "response");
    const json& request = at(review, "request");
    require(at(verdict, "uid") == at(request, "uid"), "the answer carries the uid");
    require(at(response, "apiVersion") == at(review, "apiVersion"), "and answers in kind");
    const json& allowed = at(verdict, "allowed");
    require(allowed.is_boolean(), "there is a verdict");
    if (!allowed.get<bool>()) {
        require(at(at(verdict, "status"), "code").is_number(), "a denial has a code");
        auto message = at(at(verdict, "status"), "message").get<std::string>();
        std::ranges::replace(message, '\n', ' '); // a line for each violation
        require_message(message, 1024);
        return;
    }
    require(answer.outcome.decision != "deny", "an allow counts as one");
    require(answer.outcome.decision != "error", "an error is no allow");
    if (is_plain_pod_create(request)) {
        require(answer.outcome.decision == "allow", "a pod is judged");
        require_allowed_images(at(request, "object"));
    }
}

} // namespace

void fuzz_review(std::string_view input) {
    static const policy::policy_set policies(one_policy());
    const std::chrono::sys_seconds now{};
    // Exactly the bytes that the parser may touch, so that a sanitizer sees it touch more.
    std::vector<char> bytes(input.begin(), input.end());
    bytes.resize(input.size() + simdjson::SIMDJSON_PADDING);
    simdjson::dom::parser parser;
    const std::span<const char> body(bytes.data(), input.size());
    const server::judged_review answer = server::judge_review(body, parser, policies, now);
    require(answer.status == 200 || answer.status == 400, "every body gets 200 or 400");
    require(!answer.body.empty(), "every answer says something");
    if (answer.status == 400) {
        require(answer.outcome.decision == "error", "what is no review counts as an error");
        require_message(answer.body.substr(0, answer.body.size() - 1), 1024);
        return;
    }
    const json review = json::parse(input, nullptr, false);
    require(!review.is_discarded(), "what another parser refuses is not judged");
    check_response(answer, review);
}

} // namespace gatehouse::fuzzing
