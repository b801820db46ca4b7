#include "policy/document/decode.h"

#include "policy/document/excerpt.h"
#include "policy/document/field_path.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

template_mode decode_workloads(const section& spec) {
    const std::optional<std::string> word = spec.text("workloads");
    if (word == "Deny") {
        return template_mode::deny;
    }
    return word == "Ignore" ? template_mode::ignore : template_mode::warn;
}

unsigned_images decode_unsigned_images(const section& spec) {
    const std::optional<std::string> word = spec.text("unsignedImages");
    if (word == "Deny") {
        return unsigned_images::deny;
    }
    return word == "Warn" ? unsigned_images::warn : unsigned_images::allow;
}

} // namespace

void check_name_is_new(
    const section& item,
    const std::string& name,
    std::string_view noun,
    std::map<std::string, position>& names
) {
    if (name.empty()) {
        return; // told by check.h
    }
    const auto [first, is_new] = names.emplace(name, item.at());
    if (!is_new) {
        item.error_at(
            "name",
            fmt::format(
                "{} is the name of another {} too, in line {}",
                excerpt_of(name, longest_excerpt),
                noun,
                first->second.line
            )
        );
    }
}

std::optional<actions> decode_actions(const section& from) {
    constexpr std::string_view field = "validationActions";
    if (!from.has(field)) {
        return std::nullopt;
    }
    actions out;
    for (const section::text_item& item : from.texts(field)) {
        out.deny = out.deny || item.text == "Deny";
        out.warn = out.warn || item.text == "Warn";
        out.audit = out.audit || item.text == "Audit";
    }
    if (out.deny && out.warn) {
        from.error_at(
            field, "Deny and Warn exclude each other: a denial says all that a warning would"
        );
    }
    return out;
}

std::vector<std::string> decode_globs(const section& from, std::string_view field) {
    std::vector<std::string> out;
    for (section::text_item& item : from.texts(field)) {
        out.push_back(std::move(item.text));
    }
    return out;
}

image_patterns decode_patterns(const section& from, std::string_view field, pattern_use use) {
    std::vector<image_pattern> out;
    for (const section::text_item& item : from.texts(field)) {
        image_pattern pattern = image_pattern::parse(item.text).value();
        if (use == pattern_use::permit && pattern.has_host_wildcard()) {
            from.warning(
                item,
                "the host has a wildcard: whoever can name a registry like that is let in; write "
                "the "
                "hosts out"
            );
        }
        out.push_back(std::move(pattern));
    }
    return image_patterns(std::move(out));
}

std::vector<rule_id> decode_rules(const section& from, std::string_view field) {
    std::vector<rule_id> out;
    for (const section::text_item& item : from.texts(field)) {
        out.push_back(rule_named(item.text).value());
    }
    return out;
}

match_rules decode_match(const section& from) {
    return {
        .namespaces = decode_globs(from, "namespaces"),
        .exclude_namespaces = decode_globs(from, "excludeNamespaces"),
        .service_accounts = decode_globs(from, "serviceAccounts"),
        .exclude_users = decode_globs(from, "excludeUsers"),
        .exclude_groups = decode_globs(from, "excludeGroups"),
    };
}

pod_security_section decode_pod_security(const section& from) {
    pod_security_section out;
    out.validation_actions = decode_actions(from);
    if (const std::optional<std::string> level = from.text("level")) {
        out.level = level_named(*level).value();
    }
    if (const std::optional<std::string> version = from.text("version")) {
        out.version = version_named(*version).value();
    }
    out.exempt_checks = decode_rules(from, "exemptChecks");
    return out;
}

images_section decode_images(const section& from) {
    images_section out;
    out.validation_actions = decode_actions(from);
    if (from.has("allow")) {
        out.allow = decode_patterns(from, "allow", pattern_use::permit);
    }
    out.deny = decode_patterns(from, "deny", pattern_use::deny);
    out.require_digest = from.boolean("requireDigest").value_or(false);
    out.deny_tags = decode_globs(from, "denyTags");
    return out;
}

policy_document decode_document(const section& root) {
    policy_document out;
    if (const std::optional<section> metadata = root.object("metadata")) {
        out.name = metadata->text("name").value_or("");
    }
    const std::optional<section> spec = root.object("spec");
    if (!spec) {
        return out;
    }
    out.validation_actions = decode_actions(*spec).value_or(out.validation_actions);
    out.workloads = decode_workloads(*spec);
    if (const std::optional<section> match = spec->object("match")) {
        out.match = decode_match(*match);
    }
    if (const std::optional<section> pod_security = spec->object("podSecurity")) {
        out.pod_security = decode_pod_security(*pod_security);
    }
    if (const std::optional<section> run_as = spec->object("runAs")) {
        out.run_as = decode_run_as(*run_as);
    }
    if (const std::optional<section> images = spec->object("images")) {
        out.images = decode_images(*images);
    }
    out.signatures = decode_signatures(*spec);
    out.unsigned_image = decode_unsigned_images(*spec);
    if (spec->text("onRegistryUnavailable") == "Warn") {
        out.on_registry_unavailable = on_unavailable::warn;
    }
    out.exemptions = decode_exemptions(*spec);
    return out;
}

} // namespace gatehouse::policy
