#pragma once
// A server whose one policy wants signatures, and a configuration that lists registries of the test: what
// the tests that ask real registries through the real binary have in common.

#include "tests/integration/test_server.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace gatehouse::testing_support {

/// One signatures entry with the authority `ci`.
struct wanted_signature {
    std::string images;        ///< a pattern
    std::string key = "p256";  ///< of tests/data/signatures
    std::string tags = "Deny"; ///< Deny | Warn | Allow
    std::string pem = {};      ///< a public key instead of `key`
};

/// The policy `signed`; `more` are lines of its spec, indented by two.
[[nodiscard]] std::string signed_policy(
    const std::vector<wanted_signature>& wanted,
    const std::string& more = ""
);

/// A ServerConfiguration; `registries` are flow mappings ("{host: ..., plainHTTP: true}"), `more` further
/// lines.
[[nodiscard]] std::string configuration_of(
    const std::vector<std::string>& registries,
    const std::string& more = ""
);

/// A host that is asked without TLS.
[[nodiscard]] inline std::string plain_registry(const std::string& host) {
    return "{host: \"" + host + "\", plainHTTP: true}";
}

class image_judge {
  public:
    image_judge(const std::string& policy, const std::string& configuration);

    /// The response to a pod with this image, asked with ?timeout=`timeout`.
    [[nodiscard]] nlohmann::json judge(
        const std::string& image,
        const std::string& timeout = "10s"
    ) {
        return judge_all({image}, timeout);
    }
    /// To a pod with a container for each of them.
    [[nodiscard]] nlohmann::json judge_all(
        const std::vector<std::string>& images,
        const std::string& timeout = "10s"
    );
    /// Its status.message; empty where it is allowed.
    [[nodiscard]] std::string denial(const std::string& image, const std::string& timeout = "10s");
    [[nodiscard]] bool allows(const std::string& image) { return denial(image).empty(); }

    /// None of these stands in an answer so far, in the log, or among the metrics.
    void expect_untold(const std::vector<std::string>& secrets);

    [[nodiscard]] test_server& server() { return server_; }
    [[nodiscard]] double metric(const std::string& series);

  private:
    temp_dir files_;
    test_server server_;
    std::string told_;
};

/// What status.message is where a pod's only fault is with its image.
[[nodiscard]] inline std::string complaint(
    const std::string& image,
    const std::string& about,
    const std::string& rule = "image-signature"
) {
    return "Pod prod/web: container \"app\" image " + image + " " + about + " [signed/" + rule
           + "]";
}

/// "HOST/REPOSITORY@DIGEST" of an image of tests/data/signatures.
[[nodiscard]] std::string by_digest(const std::string& host, const std::string& repository);

} // namespace gatehouse::testing_support
