#include "server/verify/options.h"

#include "policy/text.h"
#include "server/duration.h"
#include "server/verify/cosign_flags.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace gatehouse::server {
namespace {

// As in `serve`: longer ones are a slip of the pen.
constexpr std::chrono::hours longest_timeout{24};

std::optional<policy::hash_algorithm> hash_named(std::string_view name) {
    using enum policy::hash_algorithm;
    for (const policy::hash_algorithm one : {sha256, sha384, sha512, sm3}) {
        if (policy::name_of(one) == name) {
            return one;
        }
    }
    return std::nullopt;
}

class option_reader {
  public:
    explicit option_reader(const verify_flags& typed) : typed_(typed) {}

    parsed_verify_options run() && {
        verify_options& to = out_.options;
        to.images = typed_.images;
        to.policies = typed_.policies;
        to.configuration = typed_.configuration;
        to.namespace_name = typed_.namespace_name;
        to.output = typed_.output == "text" ? verify_output::text : verify_output::json;
        read_signers();
        for (const std::string& one : typed_.annotations) {
            read_annotation(one);
        }
        read_timeout();
        if (!typed_.checks_claims) {
            fail("--check-claims=false: not supported; what a signature says of the image always "
                 "counts");
        }
        if (!typed_.ignores_log) {
            fail("--insecure-ignore-tlog=false: not supported yet; no transparency log is looked at"
            );
        }
        return std::move(out_);
    }

  private:
    void read_signers() {
        if (typed_.key && !typed_.policies.empty()) {
            fail("--key and --policy exclude each other");
        } else if (typed_.key) {
            read_key(*typed_.key);
        } else if (typed_.policies.empty()) {
            fail("--key FILE or --policy PATH is needed; signatures without a key are not "
                 "supported yet");
        } else {
            refuse_with_policy(!typed_.annotations.empty(), "-a", "annotations");
            refuse_with_policy(
                typed_.digest_algorithm.has_value(), "--signature-digest-algorithm", "hashAlgorithm"
            );
        }
    }

    void read_key(const std::string& file) {
        if (file.empty()) {
            fail("--key: a file name is needed");
        } else if (file.find("://") != std::string::npos) {
            fail(fmt::format(
                "--key: {} is not supported yet; give a file that holds the public key",
                policy::plain_or_quoted(file)
            ));
        }
        out_.options.key_file = file;
        if (!typed_.digest_algorithm) {
            return;
        }
        out_.options.hash = hash_named(*typed_.digest_algorithm);
        if (!out_.options.hash) {
            fail(fmt::format(
                "--signature-digest-algorithm: {} is none of sha256, sha384, sha512, sm3",
                policy::quoted(*typed_.digest_algorithm)
            ));
        }
    }

    void refuse_with_policy(bool is_given, std::string_view flag, std::string_view field) {
        if (is_given) {
            fail(fmt::format("{}: not with --policy, which says it in {}", flag, field));
        }
    }

    void read_annotation(const std::string& text) {
        const std::size_t equals = text.find('=');
        if (equals == 0 || equals == std::string::npos) {
            fail(fmt::format("-a: {} is not KEY=VALUE", policy::quoted(text)));
            return;
        }
        std::string key = text.substr(0, equals);
        auto& all = out_.options.annotations;
        if (std::ranges::find(all, key, &std::pair<std::string, std::string>::first) != all.end()) {
            fail(fmt::format("-a: {} is given twice", policy::plain_or_quoted(key)));
            return;
        }
        all.emplace_back(std::move(key), text.substr(equals + 1));
    }

    void read_timeout() {
        const auto value = parse_duration(typed_.timeout);
        if (!value || value->count() == 0) {
            fail(fmt::format(
                "--timeout: {} is not a duration, such as 30s or 3m", policy::quoted(typed_.timeout)
            ));
        } else if (*value > longest_timeout) {
            fail(fmt::format("--timeout: {} is longer than 24h", policy::quoted(typed_.timeout)));
        } else {
            out_.options.timeout = *value;
        }
    }

    void fail(std::string line) { out_.errors.push_back(std::move(line)); }

    const verify_flags& typed_;
    parsed_verify_options out_;
};

} // namespace

void declare_verify_flags(CLI::App& command, verify_flags& typed) {
    command.add_option("IMAGE", typed.images, "Images to verify")->required();
    command.add_option("--key", typed.key, "File with the public key that must have signed")
        ->type_name("FILE");
    command
        .add_option(
            "-a,--annotations", typed.annotations, "An annotation that must be signed, repeatable"
        )
        ->type_name("KEY=VALUE")
        ->delimiter(',')
        ->allow_extra_args(false);
    command
        .add_option(
            "--signature-digest-algorithm",
            typed.digest_algorithm,
            "The only hash to accept: sha256, sha384, sha512 or sm3; without, those that go with "
            "the key"
        )
        ->type_name("NAME");
    command
        .add_option(
            "--policy",
            typed.policies,
            "File or directory of policies whose signatures entries must be satisfied, repeatable"
        )
        ->type_name("PATH")
        ->allow_extra_args(false);
    command
        .add_option("--namespace", typed.namespace_name, "What $(namespace) in a policy stands for")
        ->capture_default_str();
    command
        .add_option(
            "--config",
            typed.configuration,
            "Registries and how to reach them (ServerConfiguration)"
        )
        ->type_name("FILE");
    command.add_option("-t,--timeout", typed.timeout, "How long it may take in all")
        ->type_name("DURATION")
        ->capture_default_str();
    command.add_option("-o,--output", typed.output, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    command.add_flag("--check-claims", typed.checks_claims)->group("");
    command.add_flag("--insecure-ignore-tlog", typed.ignores_log)->group("");
    declare_cosign_flags(command, typed.no_difference);
}

parsed_verify_options parse_verify_options(const verify_flags& typed) {
    return option_reader(typed).run();
}

} // namespace gatehouse::server
