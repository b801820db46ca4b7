#include "server/commands/certs_status.h"

#include "policy/text.h"
#include "server/certificates/certificate_files.h"
#include "server/certificates/status_text.h"
#include "server/clock.h"
#include "server/kube/session.h"
#include "server/standard_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

namespace gatehouse::server {
namespace {

constexpr int usage_error = 2;

struct status_flags {
    std::string secret;
    std::string directory;
    std::string output = "text";
};

policy::result<secret_contents> read_secret(const std::string& name, const clock& time) {
    const auto named = parse_namespaced_name(name);
    if (!named) {
        return policy::error(
            named.error().code(),
            fmt::format("--secret: {} {}", policy::quoted(name), named.error().detail())
        );
    }
    GATEHOUSE_TRY(auto at, find_api_server(process_environment()));
    kube_session session(time, std::move(at));
    auto found = session.run(
        session.client().get({kube_resource::secrets, named.value().space, named.value().name})
    );
    if (const auto* failure = std::get_if<api_failure>(&found)) {
        return policy::error(policy::errc::unavailable, failure->text);
    }
    return contents_of(std::get<nlohmann::json>(found));
}

int tell(const status_flags& typed) {
    if (typed.secret.empty() == typed.directory.empty()) {
        fmt::print(stderr, "gatehouse certs status: one of --secret and --dir is needed\n");
        return usage_error;
    }
    const machine_clock time;
    const auto contents = typed.secret.empty() ? read_certificate_files(typed.directory)
                                               : read_secret(typed.secret, time);
    if (!contents) {
        fmt::print(stderr, "gatehouse certs status: {}\n", contents.error().detail());
        return 1;
    }
    if (contents.value().is_empty()) {
        fmt::print(stderr, "gatehouse certs status: the Secret is empty; the leader fills it\n");
        return 1;
    }
    const auto found = examine(contents.value());
    if (!found) {
        fmt::print(stderr, "gatehouse certs status: {}\n", found.error().detail());
        return 1;
    }
    const wall_time now = time.now();
    const std::string text = typed.output == "json"
                                 ? status_as_json(contents.value(), found.value(), now)
                                 : status_as_text(contents.value(), found.value(), now);
    return write_to_stdout(text) && !found.value().leaf.has_ended(now) ? 0 : 1;
}

} // namespace

void add_certs_status(CLI::App& app, int& status) {
    const auto typed = std::make_shared<status_flags>();
    CLI::App* command = app.add_subcommand(
        "status", "Tell what the certificates are, and in which phase of a rotation"
    );
    command->add_option("--secret", typed->secret, "Secret that the leader keeps")
        ->type_name("NAMESPACE/NAME");
    command->add_option("--dir", typed->directory, "directory with its four fields as files");
    command->add_option("-o,--output", typed->output, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
    command->callback([typed, &status] { status = tell(*typed); });
}

} // namespace gatehouse::server
