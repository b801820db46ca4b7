#pragma once
// The settings of `gatehouse serve` (interface 4): command line first, then the environment
// (`GATEHOUSE_` and the flag in capitals), then the default; checked here, so that the rest of the
// program holds values and no text. Used by commands/serve.cpp only.

#include "server/certificates/rotation.h"
#include "server/kube/objects.h"
#include "server/log.h"
#include "server/net.h"
#include "server/tls_context.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace gatehouse::server {

struct serve_options {
    std::vector<std::string> policies; ///< files and directories; empty = the built-in policy
    std::string configuration;         ///< a ServerConfiguration; empty = none
    tcp::endpoint listen;
    tcp::endpoint ops_listen;
    std::string port_file;        ///< empty = none
    std::optional<tls_files> tls; ///< absent = self-signed
    std::string client_ca;        ///< empty = callers need no certificate
    std::string registration;     ///< a rendered ValidatingWebhookConfiguration; empty = none
    std::string ca_bundle;        ///< what callers verify `tls` by; empty = none
    std::optional<namespaced_name> certificate_secret; ///< of own certificates; absent = files
    rotation_settings rotation;                        ///< of those
    std::optional<namespaced_name> lease;              ///< set where anything is done in a cluster
    server::log_format log_format = log_format::json;
    server::log_level log_level = log_level::info;
    std::chrono::nanoseconds drain_delay{};
    std::chrono::nanoseconds shutdown_timeout{};
};

/// Looks a variable up; nothing where it is not set.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The variables of this process.
[[nodiscard]] environment process_environment();

/// Settings as they were typed, by flag without its dashes.
using raw_settings = std::map<std::string, std::vector<std::string>, std::less<>>;

struct parsed_options {
    serve_options options;
    std::vector<std::string> errors; ///< one sentence each; any = the options may not be used
};

/// Declares every flag on a subcommand; what the user types goes to `typed`, which outlives `app`.
void declare_serve_flags(CLI::App& app, raw_settings& typed);

/// Typed settings and the environment to checked values; all errors at once.
[[nodiscard]] parsed_options parse_serve_options(
    const raw_settings& typed,
    const environment& from
);

} // namespace gatehouse::server
