#include "server/commands/certs_status.h"

#include "policy/text.h"
#include "server/certificates/certificate_files.h"
#include "server/certificates/status_text.h"
#include "server/clock.h"
#include "server/commands/usage_error.h"
#include "server/kube/session.h"
#include "server/standard_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

namespace gatehouse::server {
namespace {

struct status_flags {
    std::string secret;
    std::string directory;
    std::string output = "text";
};

int fail(const std::string& why, int status = 1) {
    fmt::print(stderr, "gatehouse certs status: {}\n", why);
    return status;
}

policy::result<secret_contents> read_secret(
    const namespaced_name& name,
    api_access at,
    const clock& time
) {
    kube_session session(time, std::move(at));
    auto found = session.run(session.client().get({kube_resource::secrets, name.space, name.name}));
    if (const auto* failure = std::get_if<api_failure>(&found)) {
        return policy::error(policy::errc::unavailable, failure->text);
    }
    return contents_of(std::get<nlohmann::json>(found));
}

int tell(
    const policy::result<secret_contents>& contents,
    std::string_view if_empty,
    bool as_json,
    wall_time now
) {
    if (!contents) {
        return fail(contents.error().detail());
    }
    if (contents.value().is_empty()) {
        return fail(std::string(if_empty));
    }
    const auto found = examine(contents.value());
    if (!found) {
        return fail(found.error().detail());
    }
    const std::string text = as_json ? status_as_json(contents.value(), found.value(), now)
                                     : status_as_text(contents.value(), found.value(), now);
    const examined_contents& all = found.value();
    const bool are_valid = all.leaf.is_valid(now) && all.authorities[all.issuer].is_valid(now);
    return write_to_stdout(text) && are_valid ? 0 : 1;
}

int tell(const status_flags& typed) {
    if (typed.secret.empty() == typed.directory.empty()) {
        return fail("one of --secret and --dir is needed", usage_error);
    }
    const machine_clock time;
    const bool as_json = typed.output == "json";
    if (typed.secret.empty()) {
        const auto contents = read_certificate_files(typed.directory);
        return tell(contents, "the files are empty", as_json, time.now());
    }
    const auto name = parse_namespaced_name(typed.secret);
    if (!name) {
        return fail(
            fmt::format("--secret: {} {}", policy::quoted(typed.secret), name.error().detail()),
            usage_error
        );
    }
    auto at = find_api_server(process_environment());
    if (!at) {
        return fail(at.error().detail(), usage_error);
    }
    const auto contents = read_secret(name.value(), std::move(at).value(), time);
    return tell(contents, "the Secret is empty; the leader fills it", as_json, time.now());
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
