#pragma once
// Everything that is read from files, as one immutable snapshot: the policies and their keys, what is known
// of registries, the serving pair, the CA of callers. Any error keeps the last good snapshot whole
// (interface 4, reload); what was wrong is in the report. Sees changes by polling, which also works where a
// mount is swapped by a symbolic link and on network file systems. Blocks on the file system: not for the
// loop thread. One thread at a time.

#include "policy/policy_set.h"
#include "server/clock.h"
#include "server/file_fingerprint.h"
#include "server/registry_state.h"
#include "server/tls_context.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {

struct rendered_registration;

struct config_paths {
    std::vector<std::string> policies; ///< files and directories; empty = the built-in policy
    std::optional<tls_files> tls;      ///< absent = self-signed, made once
    std::string client_ca;             ///< empty = none
    std::string configuration = {};    ///< a ServerConfiguration; empty = none
    std::string registration = {};     ///< a rendered ValidatingWebhookConfiguration; empty = none
    /// The certificate comes from elsewhere: no snapshot has one.
    bool has_own_certificates = false;
    std::string ca_bundle = {}; ///< of the registration's caBundle; empty = none
};

struct config_snapshot {
    std::shared_ptr<const policy::policy_set> policies;
    std::shared_ptr<const registry_state> registries;
    std::shared_ptr<const tls_context> tls; ///< null where the certificate comes from elsewhere
    std::optional<pem_text> client_ca;      ///< for that one; nothing where callers need none
    std::shared_ptr<const rendered_registration> registration; ///< null where none is given
    std::string ca_bundle;                                     ///< PEM; empty where none is given
    wall_time loaded;
};

/// What came of one attempt to load.
struct load_report {
    std::shared_ptr<const config_snapshot>
        made; ///< null = there are errors; the last good one stays
    /// Of policies, keys and the configuration: `file:line:column: field: what`, or `file: what`.
    std::vector<std::string> policy_errors;
    std::vector<std::string> certificate_errors; ///< `file: what`, of the registration too
    std::vector<std::string> warnings;           ///< of the same, in the same form
};

class config_store {
  public:
    /// For how long nothing must change before a change is read.
    static constexpr std::chrono::milliseconds settling{1000};
    /// Files that never come to rest are read after this long all the same.
    static constexpr std::chrono::milliseconds patience{3000};

    /// `time` outlives this.
    config_store(config_paths paths, const clock& time);
    config_store(const config_store&) = delete;
    config_store& operator=(const config_store&) = delete;

    /// Reads everything now, changed or not.
    [[nodiscard]] load_report load();

    /// Looks for changes; reads everything once they have settled. Nothing where there is nothing new,
    /// so what could not be loaded is told once and tried again when a file changes.
    [[nodiscard]] std::optional<load_report> poll();

  private:
    struct raw_config;

    [[nodiscard]] raw_config read_files() const;
    [[nodiscard]] raw_config read_at_rest();
    [[nodiscard]] load_report build(raw_config from);
    [[nodiscard]] std::shared_ptr<const tls_context> build_tls(raw_config& from);

    config_paths paths_;
    const clock& time_;
    std::optional<tls_material> self_signed_;
    std::shared_ptr<const config_snapshot> current_;

    std::vector<std::string> watched_;       ///< every path that the last attempt read
    std::optional<file_fingerprint> loaded_; ///< of them then; absent = they changed meanwhile
    file_fingerprint seen_;                  ///< at the last look
    std::optional<tick_time> changed_first_; ///< since `loaded_`
    tick_time changed_last_{};
};

} // namespace gatehouse::server
