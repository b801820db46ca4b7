#include "server/commands/check.h"

#include "policy/image_wants.h"
#include "policy/policy_set.h"
#include "policy/text.h"
#include "server/check/judge_object.h"
#include "server/check/namespace_labels.h"
#include "server/check/render.h"
#include "server/check/report.h"
#include "server/clock.h"
#include "server/fetch_evidence.h"
#include "server/manifest.h"
#include "server/manifest_files.h"
#include "server/rule_files.h"
#include "server/standard_output.h"

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

// As long as the server's own look-ups go on that no review waits for.
constexpr std::chrono::seconds longest_lookup{30};

struct check_flags {
    rule_paths rules;
    std::vector<std::string> sources;
    check_settings settings;
    std::string output = "text";
    bool strict = false;
    bool namespace_labels = false;
    bool resolve = false;
};

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
    if (!write_to_stdout(out)) {
        fmt::print(stderr, "gatehouse check: the results could not be written\n");
        return cannot_judge;
    }
    return status_of(report, flags.strict);
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

/// A first reading of all inputs, since images are asked for together: each once, whoever names it. What
/// cannot be read is told when it is judged.
std::vector<policy::image_want> wanted_images(object_judge& judge, manifest_files& files) {
    policy::image_wants all;
    for (const std::string& path : files.paths()) {
        files.visit(path, [&](const std::string&, const auto& text) {
            if (!text) {
                return;
            }
            for (const manifest_object& object : read_manifest(text.value()).objects) {
                for (const policy::image_want& one : judge.wants(object)) {
                    all.add(one);
                }
            }
        });
    }
    return all.take();
}

policy::evidence ask_registries(
    std::vector<policy::image_want> wants,
    std::shared_ptr<const registry_state> registries,
    const clock& time
) {
    return fetch_evidence(
        std::move(registries),
        std::move(wants),
        {.an_image = longest_lookup},
        time,
        [](std::string_view what) {
            fmt::print(stderr, "gatehouse check: {}\n", policy::printable(what));
        }
    );
}

int run_check(const check_flags& flags, const clock& time) {
    loaded_rules rules =
        load_rules(flags.rules, flags.resolve ? key_reading::required : key_reading::skipped);
    for (const std::string& line : rules.errors) {
        fmt::print(stderr, "{}\n", line);
    }
    if (!rules.errors.empty()) {
        return cannot_judge;
    }
    manifest_files files(flags.sources);
    label_collector labels;
    if (flags.namespace_labels) {
        labels = read_namespace_labels(files);
        std::ranges::move(labels.policies(), std::back_inserter(rules.policies));
    }
    const policy::policy_set policies(std::move(rules.policies), rules.aliases());
    object_judge judge(
        policies, flags.settings, std::chrono::floor<std::chrono::seconds>(time.now())
    );
    policy::evidence known;
    if (flags.resolve) {
        known = ask_registries(wanted_images(judge, files), rules.registries, time);
        judge.use(known);
    }
    checker all(judge, files);
    for (const std::string& path : files.paths()) {
        all.check(path);
    }
    check_report report = std::move(all).take();
    report.errors.insert(report.errors.begin(), labels.errors().begin(), labels.errors().end());
    return print(report, flags);
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
            flags->rules.policies,
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
        "--resolve", flags->resolve, "Ask registries for digests and signatures, as the server does"
    );
    command
        ->add_option(
            "--config",
            flags->rules.configuration,
            "Registries and how to reach them (ServerConfiguration)"
        )
        ->type_name("FILE");
    command->add_flag(
        "--strict", flags->strict, "Exit 2 if a rule was not checked for want of --resolve"
    );
    command->add_flag(
        "--namespace-labels",
        flags->namespace_labels,
        "Judge also as Pod Security Admission does by the labels of Namespaces among the inputs"
    );
    command->add_option("-o,--output", flags->output, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    command->callback([flags, &status] { status = run_check(*flags, machine_clock()); });
}

} // namespace gatehouse::server
