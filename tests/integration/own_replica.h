#pragma once
// A replica of `gatehouse serve` with certificates of its own, kept in a Secret of fake_kube_api.

#include "tests/integration/cluster_replica.h"

#include <string>

namespace gatehouse::testing_support {

/// The names of the chart's Service.
inline const std::string service_name = "gatehouse.gatehouse-system.svc";

/// With the empty Secret of a chart.
inline void install_chart_with_secret(fake_kube_api& api) {
    install_chart(api);
    api.put(secret_path, {{"kind", "Secret"}, {"type", "Opaque"}});
}

class own_replica {
  public:
    own_replica(
        const fake_kube_api& api,
        const std::string& name,
        const arguments& more = {"--rotation-settle", "1s"}
    )
        : process_(flags(more), mounted_replica::with_name(api.environment(), name)) {}

    [[nodiscard]] gatehouse_process& process() { return process_; }
    [[nodiscard]] const gatehouse_process& process() const { return process_; }
    [[nodiscard]] std::uint16_t port() const { return process_.webhook_port(); }
    [[nodiscard]] std::uint16_t ops_port() const { return process_.ops_port(); }

  private:
    arguments flags(const arguments& more) {
        arguments all{
            "--policy",
            files_.write("policy.yaml", strict_policy),
            "--certificate-secret",
            "gatehouse-system/gatehouse-certificates",
            "--certificate-dns-name",
            service_name,
            "--certificate-dns-name",
            "localhost",
            "--lease",
            "gatehouse-system/gatehouse-leader",
            "--drain-delay",
            "0s",
            "--webhook-configuration",
            files_.write("webhooks.yaml", rendered_configuration)};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    temp_dir files_;
    gatehouse_process process_;
};

} // namespace gatehouse::testing_support
