#include "server/commands/certs_make.h"

#include "policy/text.h"
#include "server/certificates/certificate_files.h"
#include "server/certificates/lifetimes.h"
#include "server/certificates/rotation.h"
#include "server/clock.h"
#include "server/commands/usage_error.h"
#include "server/duration.h"
#include "server/kube/objects.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

namespace gatehouse::server {
namespace {

struct make_flags {
    std::string service;
    std::string space;
    std::string out;
    std::string authority_lives = "26280h";
    std::string leaf_lives = "2160h";
};

int refuse(const std::string& why) {
    fmt::print(stderr, "gatehouse certs make: {}\n", why);
    return usage_error;
}

int make(const make_flags& typed) {
    if (!is_label_name(typed.service) || !is_label_name(typed.space)) {
        return refuse(
            "--service and --namespace: names such as gatehouse and gatehouse-system are needed"
        );
    }
    const auto authority_lives = parse_duration(typed.authority_lives);
    const auto leaf_lives = parse_duration(typed.leaf_lives);
    if (!authority_lives || !leaf_lives || *leaf_lives < shortest_life
        || *leaf_lives > *authority_lives || *authority_lives > longest_life) {
        return refuse("--ca-lifetime and --certificate-lifetime: durations between 10s and 262800h "
                      "are needed, of which the first is not shorter");
    }
    rotation_settings settings;
    const std::string name = fmt::format("{}.{}.svc", typed.service, typed.space);
    settings.names = {name, name + ".cluster.local"};
    settings.authority_lives = std::chrono::duration_cast<std::chrono::seconds>(*authority_lives);
    settings.leaf_lives = std::chrono::duration_cast<std::chrono::seconds>(*leaf_lives);
    const auto made = after_step(rotation_action::fill, {}, settings, machine_clock().now());
    const auto written = made ? write_certificate_files(typed.out, made.value())
                              : policy::result<void>(made.error());
    if (!written) {
        fmt::print(stderr, "gatehouse certs make: {}\n", written.error().detail());
        return 1;
    }
    fmt::print(
        stderr,
        "ca.crt, ca.key, tls.crt and tls.key for {} are in {}\n",
        name,
        policy::one_line(typed.out)
    );
    return 0;
}

} // namespace

void add_certs_make(CLI::App& app, int& status) {
    const auto typed = std::make_shared<make_flags>();
    CLI::App* command = app.add_subcommand("make", "Make a CA and a serving certificate, offline");
    command->add_option("--service", typed->service, "name of the webhook's Service")->required();
    command->add_option("--namespace", typed->space, "its namespace")->required();
    command->add_option("--out", typed->out, "directory for ca.crt, ca.key, tls.crt, tls.key")
        ->required();
    command->add_option("--ca-lifetime", typed->authority_lives, "of the CA (default 26280h)");
    command->add_option(
        "--certificate-lifetime", typed->leaf_lives, "of the certificate (default 2160h)"
    );
    command->callback([typed, &status] { status = make(*typed); });
}

} // namespace gatehouse::server
