#include "server/verify/cosign_flags.h"

#include <CLI/CLI.hpp>

#include <array>
#include <string>
#include <string_view>

namespace gatehouse::server {
namespace {

struct refused_flag {
    std::string_view name;
    bool takes_value = true;
    std::string_view why = "not supported yet";
};

constexpr std::string_view in_registries = "not supported; say it in --config FILE, registries";

constexpr std::array refused{
    // Certificates instead of keys.
    refused_flag{"--certificate"},
    refused_flag{"--certificate-chain"},
    refused_flag{"--certificate-identity"},
    refused_flag{"--certificate-identity-regexp"},
    refused_flag{"--certificate-oidc-issuer"},
    refused_flag{"--certificate-oidc-issuer-regexp"},
    refused_flag{"--certificate-github-workflow-name"},
    refused_flag{"--certificate-github-workflow-ref"},
    refused_flag{"--certificate-github-workflow-repository"},
    refused_flag{"--certificate-github-workflow-sha"},
    refused_flag{"--certificate-github-workflow-trigger"},
    refused_flag{"--ca-intermediates"},
    refused_flag{"--ca-roots"},
    refused_flag{"--sct"},
    refused_flag{"--trusted-root"},
    // Logs and timestamps.
    refused_flag{"--rekor-url"},
    refused_flag{"--timestamp-certificate-chain"},
    refused_flag{"--use-signed-timestamps", false},
    // Keys and signatures from elsewhere.
    refused_flag{"--attachment"},
    refused_flag{"--attachment-tag-prefix"},
    refused_flag{"--local-image", false},
    refused_flag{"--payload"},
    refused_flag{"--signature"},
    refused_flag{"--sk", false},
    refused_flag{"--slot"},
    // Registries.
    refused_flag{"--allow-http-registry", false, in_registries},
    refused_flag{"--allow-insecure-registry", false, in_registries},
    refused_flag{"--k8s-keychain", false, in_registries},
    refused_flag{"--registry-cacert", true, in_registries},
    refused_flag{"--registry-client-cert", true, in_registries},
    refused_flag{"--registry-client-key", true, in_registries},
    refused_flag{"--registry-password", true, in_registries},
    refused_flag{"--registry-server-name", true, in_registries},
    refused_flag{"--registry-token", true, in_registries},
    refused_flag{"--registry-username", true, in_registries},
};

// Signatures are looked for wherever they may lie, and nothing but registries is asked.
constexpr std::array<const char*, 5> without_difference{
    "--experimental-oci11",
    "--insecure-ignore-sct",
    "--new-bundle-format",
    "--offline",
    "--private-infrastructure",
};

} // namespace

void declare_cosign_flags(CLI::App& command, bool& ignored) {
    for (const refused_flag& one : refused) {
        const std::string name(one.name);
        const auto refuse = [&one] {
            throw CLI::ValidationError(std::string(one.name), std::string(one.why));
        };
        if (one.takes_value) {
            command
                .add_option_function<std::string>(name, [refuse](const std::string&) { refuse(); })
                ->group("");
        } else {
            command.add_flag_callback(name, refuse)->group("");
        }
    }
    for (const char* name : without_difference) {
        command.add_flag(name, ignored)->group("");
    }
}

} // namespace gatehouse::server
