#include "server/registry_state.h"

#include "policy/image/digest.h"
#include "policy/text.h"
#include "server/policy_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace gatehouse::server {
namespace {

constexpr std::size_t most_configuration_bytes = std::size_t{4} << 20;
// As docker-config files: what a Secret holds at most.
constexpr std::size_t most_file_bytes = std::size_t{1} << 20;

/// A text that differs whenever one of the parts does.
std::string joined(const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts) {
        all += fmt::format("{}:", part.size());
        all += part;
    }
    return all;
}

class state_reader {
  public:
    registry_state_report run(const std::string& path) {
        auto state = std::make_shared<registry_state>();
        if (!path.empty()) {
            read(path, *state);
        }
        if (out_.errors.empty()) {
            out_.made = std::move(state);
        }
        return std::move(out_);
    }

  private:
    void read(const std::string& path, registry_state& state) {
        out_.paths.push_back(path);
        auto text = read_text_file(path, most_configuration_bytes);
        if (!text) {
            fail(path, text.error().detail());
            return;
        }
        auto parsed = policy::parse_server_configuration({path, std::move(text).value()});
        for (const policy::diagnostic& one : parsed.errors) {
            out_.errors.push_back(one.text());
        }
        for (const policy::diagnostic& one : parsed.warnings) {
            out_.warnings.push_back(one.text());
        }
        if (!parsed.configuration) {
            return;
        }
        state.settings.configuration = *std::move(parsed.configuration);
        const policy::server_configuration& configuration = state.settings.configuration;
        for (const policy::registry_entry& entry : configuration.registries) {
            read_entry(entry, state);
        }
        const auto& common = configuration.docker_config_files;
        std::vector<std::string> parts = read_credentials(common, state.settings.credentials);
        parts.push_back(configuration.signature_directory);
        if (configuration.proxy) {
            parts.push_back(configuration.proxy->https);
            parts.push_back(joined(configuration.proxy->no_proxy));
        }
        state.common_hash = policy::digest::of(joined(parts)).text();
    }

    void read_entry(const policy::registry_entry& entry, registry_state& state) {
        auto& credentials = state.settings.registry_credentials.emplace_back();
        std::vector<std::string> parts = read_credentials(entry.docker_config_files, credentials);
        parts.push_back(joined(entry.aliases));
        parts.push_back(joined(entry.mirrors));
        parts.emplace_back(entry.plain_http ? "http" : "https");
        if (!entry.ca_file.empty()) {
            std::string pem = read_file(entry.ca_file);
            parts.push_back(pem);
            state.authorities.emplace(entry.host, std::move(pem));
        }
        state.entry_hashes.emplace(entry.host, policy::digest::of(joined(parts)).text());
    }

    /// Into `to`; gives what they depend on, as texts.
    std::vector<std::string> read_credentials(
        const std::vector<std::string>& files,
        std::vector<credential>& to
    ) {
        std::vector<std::string> parts;
        for (const std::string& path : files) {
            std::string text = read_file(path);
            if (!text.empty()) {
                auto parsed = parse_docker_config(text, path);
                if (parsed) {
                    std::ranges::move(parsed.value(), std::back_inserter(to));
                } else {
                    fail(path, parsed.error().detail());
                }
            }
            parts.push_back(std::move(text));
        }
        return {joined(files), joined(parts)};
    }

    /// Empty where it cannot be read, which is told.
    std::string read_file(const std::string& path) {
        out_.paths.push_back(path);
        auto text = read_text_file(path, most_file_bytes);
        if (!text) {
            fail(path, text.error().detail());
            return {};
        }
        if (text.value().empty()) {
            fail(path, "the file is empty");
        }
        return std::move(text).value();
    }

    void fail(const std::string& path, std::string_view why) {
        out_.errors.push_back(fmt::format("{}: {}", policy::one_line(path), why));
    }

    registry_state_report out_;
};

} // namespace

registry_state_report read_registry_state(const std::string& path) {
    return state_reader().run(path);
}

registry_changes changes_between(const registry_state& before, const registry_state& next) {
    registry_changes changes;
    changes.all_changed = before.common_hash != next.common_hash;
    for (const auto& [host, hash] : before.entry_hashes) {
        const auto now = next.entry_hashes.find(host);
        if (now == next.entry_hashes.end()) {
            changes.removed.insert(host);
        } else if (now->second != hash) {
            changes.changed.insert(host);
        }
    }
    for (const auto& [host, hash] : next.entry_hashes) {
        if (!before.entry_hashes.contains(host)) {
            changes.changed.insert(host);
        }
    }
    return changes;
}

} // namespace gatehouse::server
