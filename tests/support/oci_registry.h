#pragma once
// A registry of our own on a loopback port, with what docker-registry lacks (the referrers API of the OCI
// distribution specification 1.1: filters, pages) and what no decent one does: a test may stand between it
// and any request. Reads only; nobody is asked who he is.

#include "tests/support/scripted_server.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

/// A request as a registry sees it: "GET /v2/team/app/referrers/sha256:...?artifactType=...".
struct registry_request {
    std::string method;
    std::string target;
    std::string repository; ///< "team/app"
    std::string kind;       ///< "manifests", "blobs", "referrers"; empty where it is none of them
    std::string name;       ///< tag or digest
    std::map<std::string, std::string> query; ///< decoded
    std::string text;                         ///< the whole of it

    /// Empty where there is none.
    [[nodiscard]] std::string header(std::string_view field) const;
};

class oci_registry {
  public:
    /// Answers a request in the registry's place: nothing leaves it to the registry, otherwise whether the
    /// connection stays.
    using interception =
        std::function<std::optional<bool>(const registry_request&, scripted_server::peer&)>;

    struct options {
        bool has_referrers = true;
        bool filters = true;   ///< by artifactType, and says so
        std::size_t page = 50; ///< referrers on one page
        transport over = transport::plain;
        test_pair identity = {};
        std::string address = "127.0.0.1";
    };

    explicit oci_registry(options how, interception instead = {});
    /// With every feature, over plain HTTP.
    oci_registry() : oci_registry(options{}) {}
    oci_registry(const oci_registry&) = delete;
    oci_registry& operator=(const oci_registry&) = delete;

    // What it holds; to be filled before it is asked.

    /// A repository of tests/data/signatures.
    void add_fixture(const std::string& repository);
    /// Returns the digest.
    std::string add_blob(const std::string& content);
    std::string add_manifest(
        const std::string& repository,
        const std::string& content,
        const std::string& type = "application/vnd.oci.image.manifest.v1+json"
    );
    void tag(const std::string& repository, const std::string& name, const std::string& digest);

    /// "127.0.0.1:5000", "[::1]:5000".
    [[nodiscard]] std::string host() const;
    /// "GET /v2/...", in the order they came.
    [[nodiscard]] std::vector<std::string> log() const;
    [[nodiscard]] const scripted_server& server() const { return *server_; }

    /// What the registry itself would answer.
    [[nodiscard]] std::string answer(const registry_request& asked) const;

  private:
    struct stored {
        std::string type;
        std::string content;
    };
    struct shelf {
        std::map<std::string, stored> manifests; ///< by digest
        std::map<std::string, std::string> tags; ///< to digests
    };

    [[nodiscard]] std::string manifest_answer(const registry_request& asked) const;
    [[nodiscard]] std::string referrers_answer(const registry_request& asked) const;
    [[nodiscard]] std::vector<std::string> referrers_of(const registry_request& asked) const;

    options how_;
    interception instead_;
    std::map<std::string, shelf> repositories_;
    std::map<std::string, std::string> blobs_; ///< of all repositories, by digest
    std::unique_ptr<scripted_server> server_;  ///< calls the rest, so it goes first
};

} // namespace gatehouse::testing_support
