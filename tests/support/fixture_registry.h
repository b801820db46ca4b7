#pragma once
// The signed images of tests/data/signatures on a loopback port: a registry over plain HTTP, without the
// referrers API, that holds every repository with every tag, manifest and blob.

#include "tests/support/oci_registry.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

class fixture_registry {
  public:
    /// Gets "HEAD /v2/team/app/manifests/1.0" and may answer in the registry's place, as a script does.
    struct instead {
        bool applies = false;
        std::optional<std::string> answer = {};
    };
    using interception = std::function<instead(const std::string& line)>;

    explicit fixture_registry(interception before = {});

    /// "127.0.0.1:5000".
    [[nodiscard]] std::string host() const { return registry_.host(); }
    /// A ServerConfiguration that lists it; `more` stands in its entry: ", aliases: [a.example]".
    [[nodiscard]] std::string configuration(const std::string& more = {}) const;
    /// "HEAD /v2/team/app/manifests/1.0", in the order they came.
    [[nodiscard]] std::vector<std::string> log() const { return registry_.log(); }

  private:
    oci_registry registry_;
};

/// "repository@digest" of a signed image in it.
[[nodiscard]] std::string fixture_reference(
    const fixture_registry& in,
    const std::string& repository
);

} // namespace gatehouse::testing_support
