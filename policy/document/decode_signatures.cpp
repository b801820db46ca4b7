// signatures: what holds between its fields. Keys in the policy itself are read here; those in files
// are bound later (bind.h), as nothing here opens one.
#include "policy/document/bind.h"
#include "policy/document/decode.h"
#include "policy/document/field_path.h"
#include "policy/document/network_forms.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

namespace gatehouse::policy {
namespace {

std::optional<hash_algorithm> hash_named(const std::optional<std::string>& word) {
    for (const hash_algorithm hash :
         {hash_algorithm::sha256,
          hash_algorithm::sha384,
          hash_algorithm::sha512,
          hash_algorithm::sm3}) {
        if (word == name_of(hash)) {
            return hash;
        }
    }
    return std::nullopt;
}

tag_mode decode_tags(const section& entry) {
    const std::optional<std::string> word = entry.text("tags");
    if (word == "Allow") {
        return tag_mode::allow;
    }
    return word == "Warn" ? tag_mode::warn : tag_mode::deny;
}

signing_key decode_key(const section& from) {
    signing_key out;
    out.file = from.text("file").value_or("");
    out.data = from.text("data").value_or("");
    out.hash = hash_named(from.text("hashAlgorithm"));
    const bool has_file = from.has("file");
    const bool has_data = from.has("data");
    if (has_file == has_data) {
        from.error(has_file ? "has both file and data; leave one out" : "needs file or data");
        return out;
    }
    const std::string_view field = has_file ? "file" : "data";
    out.source = from.source();
    out.at = from.value_at(field);
    out.field = below(from.path(), field);
    const bool is_readable = !from.has("hashAlgorithm") || out.hash; // else it has been told
    if (!out.data.empty() && is_readable) {
        auto key = public_key::parse(out.data, out.hash);
        if (key) {
            out.key = std::move(key).value();
        } else {
            from.error_at("data", key.error().detail());
        }
    }
    return out;
}

authority decode_authority(const section& from) {
    authority out;
    out.name = from.text("name").value_or("");
    if (from.has("keys") && from.has("static")) {
        from.error("has both keys and static; leave one out");
    }
    // keyless is told where it is written.
    if (!from.has("keys") && !from.has("static") && !from.has("keyless")) {
        from.error("needs keys or static");
    }
    std::map<std::string, std::size_t> files;
    for (const section& item : from.objects("keys")) {
        signing_key key = decode_key(item);
        const auto [first, is_new] = files.emplace(key.file, files.size());
        if (!key.file.empty() && !is_new) {
            item.error_at("file", "is listed twice");
        }
        out.keys.push_back(std::move(key));
    }
    if (const std::optional<std::string> word = from.text("static")) {
        out.fixed = word == "Pass" ? static_decision::pass : static_decision::fail;
    }
    return out;
}

/// A static authority leaves nothing for the rest of its entry to say.
void check_static(const section& entry, const signature_entry& read) {
    bool is_static = false;
    for (const section& item : entry.objects("authorities")) {
        if (!item.has("static")) {
            continue;
        }
        is_static = true;
        if (read.authorities.size() > 1) {
            item.error_at_name("static", "must stand alone: its entry has other authorities");
        }
    }
    if (!is_static) {
        return;
    }
    constexpr std::array<std::string_view, 3> others = {
        "signedIdentity", "repository", "annotations"};
    for (const std::string_view field : others) {
        if (entry.has(field)) {
            entry.error_at_name(
                field, "says nothing beside a static authority, which reads no signature"
            );
        }
    }
}

void check_threshold(const section& entry, const signature_entry& read) {
    const std::size_t signers = read.authorities.size();
    if (signers > 0 && read.threshold > signers) {
        entry.error_at(
            "threshold",
            fmt::format(
                "{} can never be reached: the entry has {}",
                read.threshold,
                signers == 1 ? "one authority" : fmt::format("{} authorities", signers)
            )
        );
    }
}

signature_entry decode_entry(const section& from) {
    signature_entry out;
    out.name = from.text("name").value_or("");
    out.validation_actions = decode_actions(from);
    // Not a permitting list: what matches more demands more.
    out.images = decode_patterns(from, "images", pattern_use::deny);
    out.exclude_images = decode_patterns(from, "excludeImages", pattern_use::permit);
    out.tags = decode_tags(from);
    out.threshold = static_cast<std::size_t>(from.integer("threshold").value_or(1));
    out.authorities = decode_named(from, "authorities", "authority", decode_authority);
    out.match_repository = from.text("signedIdentity") == "MatchRepository";
    if (const std::optional<std::string> repository = from.text("repository")) {
        out.repository = repository_name(*repository).value();
    }
    out.annotations = from.named_texts("annotations");
    check_static(from, out);
    check_threshold(from, out);
    for (diagnostic& shared : shared_keys(out)) {
        from.error_at(
            {.text = {}, .at = shared.at, .path = shared.field}, std::move(shared.message)
        );
    }
    return out;
}

} // namespace

std::vector<signature_entry> decode_signatures(const section& spec) {
    return decode_named(spec, "signatures", "signatures entry", decode_entry);
}

} // namespace gatehouse::policy
