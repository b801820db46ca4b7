#pragma once
// A running server with one policy: what most end-to-end tests ask.

#include "tests/integration/gatehouse_process.h"

#include <string>
#include <string_view>

namespace gatehouse::testing_support {

/// Demands reg.example and a user other than root; templates are warned of, kube-system is excluded.
inline constexpr std::string_view strict_policy = R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: strict
spec:
  match:
    excludeNamespaces: [kube-system]
  runAs:
    runAsUser: {rule: MustRunAsNonRoot}
  images:
    allow: ["reg.example/**"]
    denyTags: [latest]
)";

/// Allows whatever the tests send.
inline constexpr std::string_view open_policy = R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: open
spec:
  images:
    denyTags: [never]
)";

/// A server of its own for a test that changes files or signals it.
class test_server {
  public:
    explicit test_server(const arguments& flags = {}, std::string_view policy = strict_policy)
        : process_(with_policy(flags, files_.write("policy.yaml", policy))) {}

    [[nodiscard]] gatehouse_process& process() { return process_; }
    [[nodiscard]] const temp_dir& files() const { return files_; }
    [[nodiscard]] std::uint16_t port() const { return process_.webhook_port(); }
    [[nodiscard]] std::uint16_t ops_port() const { return process_.ops_port(); }

  private:
    static arguments with_policy(arguments flags, const std::string& file) {
        flags.insert(flags.end(), {"--policy", file});
        return flags;
    }

    temp_dir files_;
    gatehouse_process process_;
};

/// The server that tests share that only ask; started with the first question.
inline test_server& shared_server() {
    static test_server server;
    return server;
}

} // namespace gatehouse::testing_support
