#include "server/rule_files.h"

#include "policy/document/bind.h"
#include "policy/document/parse.h"
#include "policy/document/server_configuration.h"
#include "server/policy_files.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gatehouse::server {
namespace {

void add(std::vector<std::string>& to, std::vector<std::string> more) {
    std::ranges::move(more, std::back_inserter(to));
}

void add(std::vector<std::string>& to, const std::vector<policy::diagnostic>& more) {
    std::ranges::transform(more, std::back_inserter(to), &policy::diagnostic::text);
}

void read_policies(const std::vector<std::string>& paths, loaded_rules& out) {
    policy_files files;
    if (paths.empty()) {
        files.sources.push_back({"built-in", std::string(policy::default_policy_text())});
    } else {
        files = read_policy_files(paths);
    }
    // What could be read is judged all the same, so that everything wrong is told at once; without any
    // file there would only be a second error about the first.
    policy::parsed_policies parsed;
    if (!files.sources.empty() || files.errors.empty()) {
        parsed = policy::parse_policies(files.sources);
    }
    out.policies = std::move(parsed.policies);
    out.paths = std::move(files.paths);
    out.errors = std::move(files.errors);
    add(out.errors, parsed.errors);
    add(out.warnings, parsed.warnings);
}

void read_keys(loaded_rules& out) {
    policy::key_file_contents contents;
    for (const std::string& path : policy::key_files(out.policies)) {
        contents.emplace(path, read_text_file(path, policy::most_key_file_bytes));
        out.paths.push_back(path);
    }
    const policy::key_binding bound = policy::bind_keys(out.policies, contents);
    add(out.errors, bound.unreadable);
    add(out.errors, bound.errors);
}

} // namespace

policy::registry_aliases loaded_rules::aliases() const {
    return policy::aliases_of(registries->settings.configuration);
}

loaded_rules load_rules(const rule_paths& from, key_reading keys) {
    loaded_rules out;
    read_policies(from.policies, out);
    if (keys == key_reading::required) {
        read_keys(out);
    }
    registry_state_report registries = read_registry_state(from.configuration);
    out.registries = std::move(registries.made);
    add(out.errors, std::move(registries.errors));
    add(out.warnings, std::move(registries.warnings));
    add(out.paths, std::move(registries.paths));
    return out;
}

} // namespace gatehouse::server
