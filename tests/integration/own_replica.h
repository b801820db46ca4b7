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

class own_replica : public cluster_replica {
  public:
    own_replica(
        const fake_kube_api& api,
        const std::string& name,
        const arguments& more = {"--rotation-settle", "1s"}
    )
        : cluster_replica(
            api,
            name,
            [](const temp_dir&) -> arguments {
                return {
                    "--certificate-secret",
                    "gatehouse-system/gatehouse-certificates",
                    "--certificate-dns-name",
                    service_name,
                    "--certificate-dns-name",
                    "localhost"};
            },
            more
        ) {}
};

} // namespace gatehouse::testing_support
