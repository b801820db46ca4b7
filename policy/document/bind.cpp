#include "policy/document/bind.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace gatehouse::policy {
namespace {

/// Calls `use` with every key of every entry that names a file.
template <class Policies, class Use>
void for_each_file_key(Policies& policies, Use use) {
    for (auto& policy : policies) {
        for (auto& entry : policy.signatures) {
            for (auto& authority : entry.authorities) {
                for (auto& key : authority.keys) {
                    if (!key.file.empty()) {
                        use(key);
                    }
                }
            }
        }
    }
}

diagnostic about(const signing_key& key, std::string message) {
    return {key.source, key.at, key.field, std::move(message)};
}

diagnostic about_file(const signing_key& key, std::string_view message) {
    return about(key, fmt::format("{}: {}", one_line(key.file), message));
}

class binder {
  public:
    explicit binder(const key_file_contents& files) : files_(files) {}

    void bind(signing_key& key) {
        const auto file = files_.find(key.file);
        if (file == files_.end()) {
            out_.unreadable.push_back(about_file(key, "was not read"));
            return;
        }
        if (!file->second) {
            out_.unreadable.push_back(about_file(key, file->second.error().detail()));
            return;
        }
        auto [bound, is_new] = keys_.try_emplace({key.file, key.hash}, nullptr);
        if (is_new || !bound->second) {
            auto parsed = public_key::parse(file->second.value(), key.hash);
            if (!parsed) {
                out_.errors.push_back(about_file(key, parsed.error().detail()));
                return;
            }
            bound->second = std::move(parsed).value();
        }
        key.key = bound->second;
    }

    void take_shared(const signature_entry& entry) {
        for (diagnostic& one : shared_keys(entry)) {
            out_.errors.push_back(std::move(one));
        }
    }

    key_binding take() && { return std::move(out_); }

  private:
    const key_file_contents& files_;
    std::map<
        std::pair<std::string, std::optional<hash_algorithm>>,
        std::shared_ptr<const public_key>>
        keys_;
    key_binding out_;
};

} // namespace

std::vector<std::string> key_files(std::span<const policy_document> policies) {
    std::vector<std::string> out;
    for_each_file_key(policies, [&](const signing_key& key) {
        if (std::ranges::find(out, key.file) == out.end()) {
            out.push_back(key.file);
        }
    });
    return out;
}

key_binding bind_keys(std::span<policy_document> policies, const key_file_contents& files) {
    binder all(files);
    for_each_file_key(policies, [&](signing_key& key) { all.bind(key); });
    for (const policy_document& policy : policies) {
        for (const signature_entry& entry : policy.signatures) {
            all.take_shared(entry);
        }
    }
    return std::move(all).take();
}

std::vector<diagnostic> shared_keys(const signature_entry& entry) {
    std::vector<diagnostic> out;
    std::map<std::string_view, const authority*> owners;
    for (const authority& signer : entry.authorities) {
        for (const signing_key& key : signer.keys) {
            if (!key.key) {
                continue;
            }
            const auto [first, is_new] = owners.emplace(key.key->fingerprint(), &signer);
            if (!is_new && first->second != &signer) {
                out.push_back(about(
                    key,
                    fmt::format(
                        "is a key of the authority {} too: one signer would count as two",
                        plain_or_quoted(first->second->name)
                    )
                ));
            }
        }
    }
    return out;
}

} // namespace gatehouse::policy
