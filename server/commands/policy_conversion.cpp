#include "server/commands/policy_conversion.h"

#include "policy/document/print.h"
#include "policy/text.h"
#include "server/manifest_files.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>

namespace gatehouse::server {
namespace {

constexpr int failure = 2;

std::string text_of(
    const object_place& at,
    const std::optional<policy::position>& where = std::nullopt
) {
    std::string out = policy::one_line(at.source);
    out += where ? fmt::format(":{}:{}", where->line, where->column) : "";
    out += fmt::format(": document {}", at.place.document);
    return at.place.item ? out + fmt::format(", item {}", *at.place.item) : out;
}

} // namespace

void policy_conversion::each_object(std::span<const std::string> paths, const visitor& each) {
    manifest_files files(paths);
    for (const std::string& path : paths) {
        files.visit(path, [&](const std::string& source, const auto& text) {
            if (!text) {
                fail(fmt::format("{}: {}", policy::one_line(source), text.error().detail()));
                return;
            }
            const manifest found = read_manifest(text.value());
            for (const manifest_error& one : found.errors) {
                fail(fmt::format("{}: {}", text_of({source, one.place}, one.at), one.message));
            }
            for (const manifest_object& object : found.objects) {
                each({source, object.place}, object);
            }
        });
    }
}

void policy_conversion::error(const object_place& at, std::string_view what) {
    fail(fmt::format("{}: {}", text_of(at), what));
}

void policy_conversion::warn(const object_place& at, std::string_view what) {
    messages_ += fmt::format("{}: warning: {}\n", text_of(at), what);
}

void policy_conversion::fail(std::string_view line) {
    failed_ = true;
    messages_.append(line) += '\n';
}

converted_policies policy_conversion::finish(
    std::span<const policy::policy_document> policies,
    std::string_view head,
    std::string_view nothing
) && {
    if (!failed_ && policies.empty()) {
        fail(fmt::format("gatehouse: {}", nothing));
    }
    converted_policies out;
    out.messages = std::move(messages_);
    if (failed_) {
        out.status = failure;
        return out;
    }
    out.output = head;
    for (const policy::policy_document& one : policies) {
        out.output += &one == &policies.front() ? "" : "---\n";
        out.output += policy::text_of(one);
    }
    return out;
}

void add_conversion(
    CLI::App& policy,
    const std::string& name,
    const std::string& description,
    std::string_view inputs,
    converted_policies (*convert)(std::span<const std::string>),
    int& status
) {
    const auto paths = std::make_shared<std::vector<std::string>>();
    CLI::App* command = policy.add_subcommand(name, description);
    command->add_option("FILE", *paths, fmt::format("{}: files, directories, - for stdin", inputs))
        ->required();
    command->callback([paths, convert, &status] {
        const converted_policies made = convert(*paths);
        fmt::print(stderr, "{}", made.messages);
        fmt::print("{}", made.output);
        status = made.status;
    });
}

} // namespace gatehouse::server
