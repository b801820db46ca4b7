#pragma once
// What the tests of collect.h share: manifests and indexes as text, a registry that holds them, and the
// result of a conversation as lines.

#include "server/registry/collect.h"
#include "server/registry/oci_manifest.h"
#include "tests/support/scripted_registry.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::server::collect_test {

using namespace testing_support;

inline const std::string bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
inline const std::string simple_type = "application/vnd.dev.cosign.simplesigning.v1+json";
inline const std::string empty_type = "application/vnd.oci.empty.v1+json";
inline const std::string index_type(oci_index_type);
inline const std::string manifest_type(oci_manifest_type);

inline const policy::digest image = policy::digest::of("the image");
inline const std::string root = "GET https://reg.example/v2/team/app";
inline const std::string fallback = "sha256-" + std::string(image.hex());
inline const std::string tag_line = root + "/manifests/" + fallback + ".sig";
inline const std::string fallback_line = root + "/manifests/" + fallback;

inline std::string filtered(std::string_view type) {
    return fmt::format(
        "{}/referrers/{}?artifactType={}", root, image.text(), percent_encoded(type)
    );
}
inline const std::string referrers_line = filtered(bundle_type);

inline std::string layer(
    std::string_view type,
    std::string_view content,
    std::string_view signature = ""
) {
    return fmt::format(
        R"({{"mediaType":"{}","digest":"{}","size":{},"annotations":{{"dev.cosignproject.cosign/signature":"{}"}}}})",
        type,
        policy::digest::of(content).text(),
        content.size(),
        signature
    );
}

/// One manifest of a referrer; `type` empty leaves artifactType away.
inline std::string referrer(
    std::string_view type,
    std::string_view layers,
    std::string_view subject = image.text()
) {
    return fmt::format(
        R"({{"schemaVersion":2,"mediaType":"{}",{}"config":{{"mediaType":"{}"}},"layers":[{}],"subject":{{"digest":"{}"}}}})",
        manifest_type,
        type.empty() ? std::string() : fmt::format(R"("artifactType":"{}",)", type),
        empty_type,
        layers,
        subject
    );
}

inline std::string entry(std::string_view manifest, std::string_view type) {
    return fmt::format(
        R"({{"mediaType":"{}","digest":"{}","size":1,"artifactType":"{}"}})",
        manifest_type,
        policy::digest::of(manifest).text(),
        type
    );
}

inline std::string index_of(const std::vector<std::string>& entries) {
    return fmt::format(R"({{"schemaVersion":2,"manifests":[{}]}})", fmt::join(entries, ","));
}

inline std::string tag_manifest(const std::vector<std::string>& layers) {
    return fmt::format(R"({{"schemaVersion":2,"layers":[{}]}})", fmt::join(layers, ","));
}

/// A registry reg.example with the repository team/app, empty at first.
class Collect : public testing::Test {
  protected:
    Collect() {
        at_.base = parse_url("https://reg.example/v2").value();
        at_.repository = "team/app";
    }

    void tag(std::string body) { registry_.on(tag_line, answer_of(200, std::move(body))); }
    void referrers(std::string body, headers with = {}) {
        with.emplace_back("content-type", index_type);
        registry_.on(referrers_line, answer_of(200, std::move(body), std::move(with)));
    }
    void blob(const std::string& content) {
        registry_.on(
            root + "/blobs/" + policy::digest::of(content).text(), answer_of(200, content)
        );
    }
    void manifest(const std::string& content) {
        registry_.on(
            root + "/manifests/" + policy::digest::of(content).text(),
            answer_of(200, content, {{"content-type", manifest_type}})
        );
    }
    /// A whole bundle; returns its entry.
    std::string bundle(const std::string& content, std::string_view listed_as = bundle_type) {
        const std::string made = referrer(bundle_type, layer(bundle_type, content));
        blob(content);
        manifest(made);
        return entry(made, listed_as);
    }

    std::optional<collect_conversation::result> run() {
        collect_conversation talk(at_, image, memory_, tick_time(std::chrono::seconds(10)));
        return converse(talk, registry_);
    }
    /// "content|signature" of each, "-|where: problem" without content; or one "cause: detail".
    std::vector<std::string> collected() {
        const auto outcome = run();
        if (!outcome) {
            return {"no outcome"};
        }
        if (const auto* failed = std::get_if<policy::fetch_failure>(&*outcome)) {
            return {std::string(policy::name_of(failed->cause)) + ": " + failed->detail};
        }
        std::vector<std::string> shown;
        for (const auto& one : std::get<collect_conversation::candidates>(*outcome)) {
            shown.push_back(
                one.problem.empty() ? one.content + "|" + one.signature
                                    : "-|" + one.where + ": " + one.problem
            );
        }
        return shown;
    }

    endpoint at_;
    access_memory memory_;
    scripted_registry registry_;
};

} // namespace gatehouse::server::collect_test
