#include "server/verify/key_rules.h"

#include "policy/document/bind.h"
#include "policy/document/network_forms.h"
#include "policy/text.h"
#include "server/policy_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::result;
using key_ptr = std::shared_ptr<const policy::public_key>;

result<key_ptr> read_key(const verify_options& options) {
    const auto text = read_text_file(options.key_file, policy::most_key_file_bytes);
    if (!text) {
        return policy::error(text.error().code(), "cannot be read: " + text.error().detail());
    }
    return policy::public_key::parse(text.value(), options.hash);
}

/// Empty: beside the image.
result<std::string> signature_repository(const environment& from) {
    const std::string text = from("COSIGN_REPOSITORY").value_or("");
    return text.empty() ? result<std::string>(text) : policy::repository_name(text);
}

policy::policy_document policy_of(
    const verify_options& options,
    key_ptr key,
    std::string repository
) {
    policy::signing_key named;
    named.file = options.key_file;
    named.hash = options.hash;
    named.key = std::move(key);
    policy::authority signer;
    signer.name = std::filesystem::path(options.key_file).filename().string();
    signer.keys.push_back(std::move(named));
    policy::signature_entry entry;
    entry.name = "--key";
    entry.images = policy::image_patterns({policy::image_pattern::parse("**").value()});
    entry.tags = policy::tag_mode::allow;
    entry.authorities.push_back(std::move(signer));
    entry.repository = std::move(repository);
    entry.annotations = options.annotations;
    policy::policy_document out;
    out.name = "verify";
    out.signatures.push_back(std::move(entry));
    return out;
}

} // namespace

loaded_rules load_key_rules(const verify_options& options, const environment& from) {
    loaded_rules out;
    const auto key = read_key(options);
    const auto repository = signature_repository(from);
    if (!key) {
        out.errors.push_back(
            fmt::format("--key: {} {}", policy::one_line(options.key_file), key.error().detail())
        );
    }
    if (!repository) {
        out.errors.push_back("COSIGN_REPOSITORY: " + repository.error().detail());
    }
    if (key && repository) {
        out.policies.push_back(policy_of(options, key.value(), repository.value()));
    }
    registry_state_report registries = read_registry_state(options.configuration);
    out.registries = std::move(registries.made);
    std::ranges::move(registries.errors, std::back_inserter(out.errors));
    return out;
}

} // namespace gatehouse::server
