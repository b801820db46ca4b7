#include "server/registry_access.h"

#include "server/signature_directory.h"

#include <string>
#include <utility>
#include <vector>

namespace gatehouse::server {

registry_access::registry_access(
    loop& runs_on,
    cpu_pool& files,
    registry_counts& counts,
    const clock& time
)
    : files_(files),
      counts_(counts),
      client_(runs_on, time, {}),
      counted_(client_, counts, time),
      registries_(std::make_shared<registry_client>(
          counted_,
          time,
          std::make_shared<const registry_settings>()
      )) {}

void registry_access::use(const registry_state& state) {
    const policy::server_configuration& configuration = state.settings.configuration;
    client_.use({.authorities = state.authorities, .proxy = configuration.proxy});
    registries_->use(std::make_shared<const registry_settings>(state.settings));
    std::vector<std::string> hosts;
    for (const policy::registry_entry& entry : configuration.registries) {
        hosts.push_back(entry.host);
    }
    counts_.use(hosts);
    store_ = registries_;
    if (!configuration.signature_directory.empty()) {
        store_ = std::make_shared<signature_directory>(
            registries_, configuration.signature_directory, files_
        );
    }
}

} // namespace gatehouse::server
