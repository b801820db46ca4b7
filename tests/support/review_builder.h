#pragma once
// AdmissionReviews as an API server sends them, built around a pod or a workload: start from a good one
// and change what the test is about.

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace gatehouse::testing_support {

using nlohmann::json;

/// A pod that runs as a user other than root, from the registry that test policies allow.
inline json good_pod() {
    return json::parse(R"({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "prod"},
        "spec": {"securityContext": {"runAsNonRoot": true},
                 "containers": [{"name": "app", "image": "reg.example/app:1"}]}
    })");
}

/// From another registry, and nothing says that it does not run as root.
inline json bad_pod() {
    return json::parse(R"({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "prod"},
        "spec": {"containers": [{"name": "app", "image": "evil.example/app:1"}]}
    })");
}

/// A Deployment that makes such pods.
inline json deployment_of(const json& pod) {
    json out = json::parse(R"({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "prod"},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}},
                 "template": {"metadata": {"labels": {"app": "web"}}}}
    })");
    out["spec"]["template"]["spec"] = pod.at("spec");
    return out;
}

class review_builder {
  public:
    /// CREATE of `object` by a user, as a real run.
    explicit review_builder(json object) {
        const std::string kind = object.value("kind", "Pod");
        const bool is_deployment = kind == "Deployment";
        const json group = is_deployment ? "apps" : "";
        request_ = {
            {"uid", "705ab4f5-6393-11e8-b7cc-42010a800002"},
            {"kind", {{"group", group}, {"version", "v1"}, {"kind", kind}}},
            {"resource",
             {{"group", group},
              {"version", "v1"},
              {"resource", is_deployment ? "deployments" : "pods"}}},
            {"name", object["metadata"].value("name", "")},
            {"namespace", object["metadata"].value("namespace", "")},
            {"operation", "CREATE"},
            {"userInfo", {{"username", "alice"}, {"groups", {"system:authenticated"}}}},
            {"object", std::move(object)},
            {"oldObject", nullptr},
            {"dryRun", false},
            {"options", {{"kind", "CreateOptions"}, {"apiVersion", "meta.k8s.io/v1"}}},
        };
        request_["requestKind"] = request_["kind"];
        request_["requestResource"] = request_["resource"];
    }

    /// Sets a field of the request.
    review_builder& with(const std::string& field, json value) {
        request_[field] = std::move(value);
        return *this;
    }
    review_builder& update_of(json old) {
        return with("operation", "UPDATE").with("oldObject", std::move(old));
    }
    review_builder& api_version(std::string_view value) {
        api_version_ = value;
        return *this;
    }

    [[nodiscard]] json document() const {
        return {{"apiVersion", api_version_}, {"kind", "AdmissionReview"}, {"request", request_}};
    }
    [[nodiscard]] std::string text() const { return document().dump(); }

  private:
    std::string api_version_ = "admission.k8s.io/v1";
    json request_;
};

inline std::string review_of(json object) { return review_builder(std::move(object)).text(); }

} // namespace gatehouse::testing_support
