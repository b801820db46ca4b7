#include "server/commands/policy_validate.h"

#include "policy/document/bind.h"
#include "policy/document/validate.h"
#include "policy/text.h"
#include "server/policy_files.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace gatehouse::server {
namespace {

using policy::diagnostic;

constexpr int invalid = 2;

/// "p.yaml:3:5: warning: spec.images.allow[0]: ...": what editors and CI annotate.
std::string warning_line(const diagnostic& warning) {
    diagnostic marked = warning;
    marked.field = "warning: " + warning.field;
    return marked.text();
}

std::string plural(std::size_t number, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", number, number == 1 ? one : many);
}

/// "2 policies and 1 configuration", without what there is none of.
std::string counted_documents(const policy::validated_documents& parsed) {
    std::string out;
    if (!parsed.policies.empty() || parsed.configurations == 0) {
        out = plural(parsed.policies.size(), "policy", "policies");
    }
    if (parsed.configurations > 0) {
        out += out.empty() ? "" : " and ";
        out += plural(parsed.configurations, "configuration", "configurations");
    }
    return out;
}

/// Keys in files are looked at where they are on this machine, which need not be the server's.
void check_key_files(policy::validated_documents& parsed) {
    policy::key_file_contents contents;
    for (const std::string& path : policy::key_files(parsed.policies)) {
        contents.emplace(path, read_text_file(path, policy::most_key_file_bytes));
    }
    policy::key_binding bound = policy::bind_keys(parsed.policies, contents);
    std::ranges::move(bound.errors, std::back_inserter(parsed.errors));
    for (diagnostic& unread : bound.unreadable) {
        unread.message += "; the server will need it";
        parsed.warnings.push_back(std::move(unread));
    }
}

std::string text_of(const policy::validated_documents& parsed, const policy_files& files) {
    std::string out;
    for (const diagnostic& error : parsed.errors) {
        out += error.text() + '\n';
    }
    for (const diagnostic& warning : parsed.warnings) {
        out += warning_line(warning) + '\n';
    }
    if (parsed.errors.empty() && files.errors.empty()) {
        out += fmt::format(
            "{} in {}: valid\n",
            counted_documents(parsed),
            plural(files.sources.size(), "file", "files")
        );
    }
    return out;
}

nlohmann::ordered_json json_of(const std::vector<diagnostic>& from) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const diagnostic& one : from) {
        out.push_back(
            {{"source", one.source},
             {"line", one.at.line},
             {"column", one.at.column},
             {"field", one.field},
             {"message", one.message}}
        );
    }
    return out;
}

std::string json_of(const policy::validated_documents& parsed, const policy_files& files) {
    nlohmann::ordered_json errors = json_of(parsed.errors);
    for (const std::string& unread : files.errors) {
        errors.push_back({{"message", unread}});
    }
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    if (errors.empty()) {
        for (const policy::policy_document& one : parsed.policies) {
            names.push_back(one.name);
        }
    }
    nlohmann::ordered_json out = {
        {"valid", errors.empty()},
        {"policies", std::move(names)},
        {"errors", std::move(errors)},
        {"warnings", json_of(parsed.warnings)},
    };
    if (parsed.configurations > 0) {
        out["configurations"] = parsed.configurations;
    }
    // A path need not be UTF-8; JSON must be.
    return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

} // namespace

validation_report validate_policies(std::span<const std::string> paths, output_format format) {
    const policy_files files = read_policy_files(paths);
    policy::validated_documents parsed;
    if (!files.sources.empty()) {
        parsed = policy::validate_documents(files.sources);
    }
    if (parsed.errors.empty()) {
        check_key_files(parsed);
    }
    validation_report out;
    for (const std::string& unread : files.errors) {
        out.messages += "gatehouse: " + unread + '\n';
    }
    switch (format) {
    case output_format::text:
        out.output = text_of(parsed, files);
        break;
    case output_format::json:
        out.output = json_of(parsed, files);
        break;
    }
    out.status = parsed.errors.empty() && files.errors.empty() ? 0 : invalid;
    return out;
}

void add_policy_validate(CLI::App& policy, int& status) {
    struct options {
        std::vector<std::string> paths;
        std::string format = "text";
    };
    const auto given = std::make_shared<options>();
    CLI::App* command = policy.add_subcommand(
        "validate", "Check policies and configurations strictly and print every error"
    );
    command
        ->add_option(
            "PATH", given->paths, "files, or directories of *.yaml, *.yml and *.json files"
        )
        ->required();
    command->add_option("-o,--output", given->format, "how to say it")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    command->callback([given, &status] {
        const validation_report report = validate_policies(
            given->paths, given->format == "json" ? output_format::json : output_format::text
        );
        fmt::print(stderr, "{}", report.messages);
        fmt::print("{}", report.output);
        status = report.status;
    });
}

} // namespace gatehouse::server
