#include "server/commands/check.h"

#include "policy/document/parse.h"
#include "policy/policy_set.h"
#include "policy/text.h"
#include "server/check/judge_object.h"
#include "server/check/namespace_labels.h"
#include "server/check/render.h"
#include "server/check/report.h"
#include "server/clock.h"
#include "server/manifest.h"
#include "server/manifest_files.h"
#include "server/policy_files.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gatehouse::server {
namespace {

constexpr int cannot_judge = 2;

struct check_flags {
    std::vector<std::string> policies; ///< files and directories; empty = the built-in policy
    std::vector<std::string> sources;
    check_settings settings;
    std::string output = "text";
    bool strict = false;
    bool namespace_labels = false;
};

/// All policies, or nothing after every error has been printed.
std::optional<std::vector<policy::policy_document>> load_policies(const check_flags& flags) {
    policy_files files;
    if (flags.policies.empty()) {
        files.sources.push_back({"built-in", std::string(policy::default_policy_text())});
    } else {
        files = read_policy_files(flags.policies);
    }
    policy::parsed_policies parsed;
    if (!files.sources.empty()) {
        parsed = policy::parse_policies(files.sources);
    }
    for (const std::string& line : files.errors) {
        fmt::print(stderr, "gatehouse: {}\n", line);
    }
    for (const policy::diagnostic& one : parsed.errors) {
        fmt::print(stderr, "{}\n", one.text());
    }
    if (!files.errors.empty() || !parsed.errors.empty()) {
        return std::nullopt;
    }
    return std::move(parsed.policies);
}

/// Reads the sources one after the other, so that only one is in memory.
class checker {
  public:
    checker(object_judge& judge, manifest_files& files) : judge_(judge), files_(files) {}

    check_report take() && { return std::move(report_); }

    /// A path that holds nothing at all is an error: the program that should have written it failed.
    void check(const std::string& path) {
        has_content_ = false;
        files_.visit(path, [this](const std::string& source, const auto& text) {
            check_text(source, text);
        });
        if (!has_content_) {
            fail(path, "there is nothing in it to judge");
        }
    }

  private:
    void check_text(const std::string& source, const policy::result<std::string>& text) {
        if (!text) {
            fail(source, text.error().detail());
            return;
        }
        const manifest found = read_manifest(text.value());
        has_content_ = has_content_ || !found.is_empty;
        for (const manifest_error& one : found.errors) {
            report_.errors.push_back({source, one.place, one.at, one.message});
        }
        for (const manifest_object& object : found.objects) {
            judged_object judged = judge_.judge(source, object);
            if (auto* verdict = std::get_if<checked_object>(&judged)) {
                report_.results.push_back(std::move(*verdict));
            } else if (auto* skipped = std::get_if<skipped_object>(&judged)) {
                report_.skipped.push_back(std::move(skipped->kind));
            } else {
                report_.errors.push_back(std::move(std::get<check_error>(judged)));
            }
        }
    }

    void fail(const std::string& source, std::string message) {
        has_content_ = true;
        report_.errors.push_back({source, std::nullopt, std::nullopt, std::move(message)});
    }

    object_judge& judge_;
    manifest_files& files_;
    check_report report_;
    bool has_content_ = false; ///< the path at hand gave an object or an error
};

/// no-color.org: any value but an empty one.
colours colours_of_stdout() {
    const char* refused = std::getenv("NO_COLOR");
    const bool wanted = refused == nullptr || *refused == '\0';
    return wanted && isatty(STDOUT_FILENO) == 1 ? colours::on : colours::off;
}

int print(const check_report& report, const check_flags& flags) {
    fmt::print(stderr, "{}", check_errors_text(report));
    const std::string out =
        flags.output == "json" ? check_json(report) : check_text(report, colours_of_stdout());
    const bool written =
        std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0;
    if (!written) {
        fmt::print(stderr, "gatehouse check: the results could not be written\n");
        return cannot_judge;
    }
    return exit_status(report, flags.strict);
}

/// A first reading of all inputs: a Namespace may stand behind what is in it.
label_collector read_namespace_labels(manifest_files& files) {
    label_collector labels;
    for (const std::string& path : files.paths()) {
        files.visit(path, [&](const std::string& source, const auto& text) {
            if (text) {
                labels.add(source, text.value());
            }
        });
    }
    if (!labels.found_any()) {
        fmt::print(stderr, "gatehouse: --namespace-labels: no Namespace is among the inputs\n");
    }
    return labels;
}

int run_check(const check_flags& flags, const clock& time) {
    std::optional<std::vector<policy::policy_document>> documents = load_policies(flags);
    if (!documents) {
        return cannot_judge;
    }
    manifest_files files(flags.sources);
    label_collector labels;
    if (flags.namespace_labels) {
        labels = read_namespace_labels(files);
        std::ranges::move(labels.policies(), std::back_inserter(*documents));
    }
    const policy::policy_set policies(std::move(*documents));
    object_judge judge(
        policies, flags.settings, std::chrono::floor<std::chrono::seconds>(time.now())
    );
    checker all(judge, files);
    for (const std::string& path : files.paths()) {
        all.check(path);
    }
    check_report report = std::move(all).take();
    report.errors.insert(report.errors.begin(), labels.errors().begin(), labels.errors().end());
    return print(report, flags);
}

/// Flags that the interface knows and this version does not: refused rather than ignored, and not
/// shown by --help.
void add_refused_flags(CLI::App& command) {
    const auto refuse = [](const std::string& flag) {
        throw CLI::ValidationError(flag, "not supported yet");
    };
    command.add_flag_callback("--resolve", [refuse] { refuse("--resolve"); })->group("");
    command
        .add_option_function<std::string>(
            "--config", [refuse](const std::string&) { refuse("--config"); }
        )
        ->group("");
}

} // namespace

void add_check(CLI::App& app, int& status) {
    const auto flags = std::make_shared<check_flags>();
    CLI::App* command =
        app.add_subcommand("check", "Judge manifests and AdmissionReviews without a cluster");
    command->add_option("FILE", flags->sources, "Manifests: files, directories, - for stdin")
        ->required();
    command
        ->add_option(
            "--policy",
            flags->policies,
            "File or directory of policies, repeatable; without, the built-in one"
        )
        ->type_name("PATH")
        ->allow_extra_args(false);
    command
        ->add_option(
            "--namespace", flags->settings.namespace_name, "Where an object names no namespace"
        )
        ->capture_default_str();
    command->add_option("--user", flags->settings.user, "Who creates the objects");
    command->add_option("--group", flags->settings.groups, "A group of the user, repeatable")
        ->allow_extra_args(false);
    command->add_flag(
        "--as-admission",
        flags->settings.as_admission,
        "Give workloads the webhook's answer instead of that of the pods they make"
    );
    command->add_flag(
        "--strict", flags->strict, "Exit 2 if a rule could not be checked without a registry"
    );
    command->add_flag(
        "--namespace-labels",
        flags->namespace_labels,
        "Judge also as Pod Security Admission does by the labels of Namespaces among the inputs"
    );
    command->add_option("-o,--output", flags->output, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_refused_flags(*command);
    command->callback([flags, &status] { status = run_check(*flags, machine_clock()); });
}

} // namespace gatehouse::server
