#pragma once
// Replicas of `gatehouse serve` in a cluster that is fake_kube_api, with a certificate by a CA of the test, and
// the objects that a chart would have made.

#include "tests/integration/ask.h"
#include "tests/integration/gatehouse_process.h"
#include "tests/integration/test_server.h"
#include "tests/support/fake_kube_api.h"
#include "tests/support/test_certs.h"

#include <functional>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

/// What a chart renders, but for caBundle.
inline constexpr std::string_view rendered_configuration =
    R"(apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: gatehouse
webhooks:
- name: pods.gatehouse.dev
  clientConfig:
    service: {namespace: gatehouse-system, name: gatehouse, path: /validate}
  rules:
  - operations: [CREATE, UPDATE]
    apiGroups: [""]
    apiVersions: [v1]
    resources: [pods, pods/ephemeralcontainers]
  failurePolicy: Fail
  sideEffects: None
  admissionReviewVersions: [v1]
  timeoutSeconds: 10
)";

/// The empty objects of a chart: a Lease and a configuration without webhooks.
inline void install_chart(fake_kube_api& api) {
    api.put(lease_path, {{"kind", "Lease"}});
    api.put(configuration_path, {{"kind", "ValidatingWebhookConfiguration"}});
}

/// What replicas have in common, wherever their certificates come from.
class cluster_replica {
  public:
    [[nodiscard]] gatehouse_process& process() { return process_; }
    [[nodiscard]] const gatehouse_process& process() const { return process_; }
    [[nodiscard]] const temp_dir& files() const { return files_; }
    [[nodiscard]] std::uint16_t port() const { return process_.webhook_port(); }
    [[nodiscard]] std::uint16_t ops_port() const { return process_.ops_port(); }

  protected:
    /// `certificates` gives the flags that say where they come from; what they name is put into the files.
    cluster_replica(
        const fake_kube_api& api,
        const std::string& name,
        const std::function<arguments(const temp_dir&)>& certificates,
        const arguments& more
    )
        : process_(flags(certificates(files_), more), environment(api, name)) {}

  private:
    static std::vector<std::string> environment(const fake_kube_api& api, const std::string& name) {
        std::vector<std::string> out = api.environment();
        out.push_back("POD_NAME=" + name);
        return out;
    }
    [[nodiscard]] arguments flags(arguments all, const arguments& more) const {
        const arguments common{
            "--policy",
            files_.write("policy.yaml", strict_policy),
            "--lease",
            "gatehouse-system/gatehouse-leader",
            "--drain-delay",
            "0s",
            "--webhook-configuration",
            files_.write("webhooks.yaml", rendered_configuration)};
        all.insert(all.end(), common.begin(), common.end());
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    temp_dir files_;
    gatehouse_process process_;
};

/// A replica with mounted certificates (cert-manager's, or an existing Secret).
class mounted_replica : public cluster_replica {
  public:
    mounted_replica(
        const fake_kube_api& api,
        const std::string& name,
        const test_pair& authority,
        const arguments& more = {}
    )
        : cluster_replica(
            api,
            name,
            [&](const temp_dir& files) { return mounted(files, authority); },
            more
        ) {
        probe();
    }

    /// As a kubelet does, whose question a first registration waits for.
    void probe() const { static_cast<void>(get_ops(ops_port(), "/readyz")); }

  private:
    static arguments mounted(const temp_dir& files, const test_pair& authority) {
        const test_pair leaf = make_leaf(authority, std::chrono::system_clock::now());
        return {
            "--tls-cert",
            files.write("tls.crt", leaf.certificate),
            "--tls-key",
            files.write("tls.key", leaf.key),
            "--ca-bundle",
            files.write("ca.crt", authority.certificate)};
    }
};

} // namespace gatehouse::testing_support
