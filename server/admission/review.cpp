#include "server/admission/review.h"

#include "policy/pod/decode.h"
#include "policy/pod/json_reader.h"
#include "policy/pod/workload.h"
#include "server/admission/envelope.h"
#include "server/admission/parse_body.h"

#include <algorithm>
#include <array>
#include <optional>

namespace gatehouse::server {
namespace {

using policy::json_path;
using policy::json_reader;
using simdjson::dom::element;

constexpr std::array<std::string_view, 2> api_versions = {
    "admission.k8s.io/v1",
    "admission.k8s.io/v1beta1",
};

std::string text_of(const policy::decode_error& error) {
    return error.field + ": " + error.problem;
}

class review_decoder {
  public:
    explicit review_decoder(policy::arena& memory) : reader_(memory) {}

    decoded_review decode(element root) {
        const json_path top{nullptr, "review"};
        std::optional<element> request;
        std::string_view kind;
        std::string_view version;
        if (!root.is_object()) {
            return not_a_review("the body is not a JSON object");
        }
        reader_.fields(root, top, [&](std::string_view key, element value, const json_path& at) {
            if (key == "kind") {
                kind = reader_.text(value, at).value_or("");
            } else if (key == "apiVersion") {
                version = reader_.text(value, at).value_or("");
            } else if (key == "request") {
                request = value;
            }
        });
        const auto known = std::ranges::find(api_versions, version);
        if (reader_.failed()) {
            return not_a_review(text_of(reader_.error()));
        }
        if (kind != "AdmissionReview" || known == api_versions.end()) {
            return not_a_review("it must be an AdmissionReview of admission.k8s.io/v1 or v1beta1");
        }
        if (!request || !request->is_object()) {
            return not_a_review("request must be an object");
        }
        out_.api_version = *known;
        return decode_request(*request);
    }

  private:
    static decoded_review not_a_review(std::string problem) {
        decoded_review out;
        out.problem = std::move(problem);
        return out;
    }

    decoded_review unreadable(std::string problem) {
        out_.kind = review_kind::unreadable;
        out_.problem = std::move(problem);
        return std::move(out_);
    }

    decoded_review failed(const policy::decode_error& error) {
        return error.duplicate_key ? not_a_review(text_of(error)) : unreadable(text_of(error));
    }

    decoded_review decode_request(element value) {
        const envelope parts = read_envelope(reader_, value, json_path{nullptr, "request"});
        std::string_view uid;
        if (!parts.uid || parts.uid->get(uid) != simdjson::SUCCESS || uid.empty()) {
            return not_a_review("request.uid must be a string that is not empty");
        }
        policy::request& request = out_.request;
        request.about = parts.about;
        request.about.uid = reader_.memory().copy(uid);
        if (reader_.failed()) {
            return failed(reader_.error());
        }
        const auto operation = operation_named(parts.operation);
        if (!operation) {
            return unreadable("request.operation: must be CREATE, UPDATE, DELETE or CONNECT");
        }
        request.about.operation = *operation;
        if (request.about.resource.resource.empty()) {
            return unreadable("request.resource: must name a resource");
        }
        request.scope = scope_of(request.about);
        request.object_name = request.about.name;
        request.object_kind = request.about.kind;
        if (request.scope == policy::scope::let_through) {
            out_.kind = review_kind::let_through;
            return std::move(out_);
        }
        return decode_objects(parts);
    }

    decoded_review decode_objects(const envelope& parts) {
        policy::request& request = out_.request;
        const policy::workload_kind* workload = nullptr;
        if (request.scope == policy::scope::workload) {
            workload = policy::workload_of_resource(
                request.about.resource.group, request.about.resource.resource
            );
            request.path = workload->path;
            request.object_kind = workload->kind;
        } else {
            request.object_kind = "Pod";
        }
        if (!parts.object || !parts.object->is_object()) {
            return unreadable("object: must be an object");
        }
        const object_head head = read_head(reader_, *parts.object, {nullptr, "object"});
        if (reader_.failed()) {
            return failed(reader_.error());
        }
        request.has_controller = head.has_controller;
        if (request.object_name.empty()) {
            request.object_name = head.name.empty() ? head.generate_name : head.name;
        }
        const policy::decoded_pod now = decode_object(*parts.object, "object", workload);
        if (now.value == nullptr) {
            return failed(now.error);
        }
        request.object = now.value;
        if (request.about.operation == policy::operation::update && parts.old_object
            && parts.old_object->is_object()) {
            const policy::decoded_pod before =
                decode_object(*parts.old_object, "oldObject", workload);
            if (before.value == nullptr && before.error.duplicate_key) {
                return failed(before.error);
            }
            request.old_object = before.value; // unreadable: nothing to compare with, all is judged
        }
        out_.kind = review_kind::judged;
        return std::move(out_);
    }

    /// The pod of an object, or of its template.
    policy::decoded_pod decode_object(
        element object,
        std::string_view name,
        const policy::workload_kind* workload
    ) {
        if (workload == nullptr) {
            return policy::decode_pod(object, name, reader_.memory());
        }
        std::string path(name);
        element at = object;
        for (const std::string_view key : workload->keys) {
            if (key.empty()) {
                break;
            }
            json_reader level(reader_.memory());
            std::optional<element> next;
            const json_path here{nullptr, path};
            level.fields(at, here, [&](std::string_view found, element value, const json_path&) {
                if (found == key) {
                    next = value;
                }
            });
            if (!level.failed() && (!next || !next->is_object())) {
                level.fail(here.field(key), "must be an object");
            }
            if (level.failed()) {
                return {.value = nullptr, .error = level.error()};
            }
            at = *next;
            path.append(".").append(key);
        }
        return policy::decode_pod(at, reader_.memory().copy(path), reader_.memory());
    }

    json_reader reader_;
    decoded_review out_;
};

} // namespace

decoded_review decode_review(
    std::span<const char> body,
    simdjson::dom::parser& parser,
    policy::arena& memory
) {
    decoded_review refused;
    element root;
    const auto error = parse_body(body, parser).get(root);
    if (error != simdjson::SUCCESS) {
        refused.problem =
            error == simdjson::MEMALLOC
                ? "the body does not fit into memory"
                : std::string("the body is not JSON: ").append(simdjson::error_message(error));
        return refused;
    }
    return review_decoder(memory).decode(root);
}

} // namespace gatehouse::server
