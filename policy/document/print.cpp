#include "policy/document/print.h"

#include "policy/text.h"
#include "policy/yaml/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>
#include <variant>

namespace gatehouse::policy {
namespace {

/// Only ASCII comes out: some of the rest is refused in a policy, and none of it can be seen.
std::string double_quoted(std::string_view text) {
    std::string escaped;
    append_json_escaped(escaped, text);
    std::string out = "\"";
    for (std::size_t at = 0; at < escaped.size(); ++at) {
        const auto byte = static_cast<unsigned char>(escaped[at]);
        if (byte < 0x7f) {
            out += escaped[at];
            continue;
        }
        // The lead byte of UTF-8 says by its leading ones how many bytes follow.
        const int following = std::max(std::countl_one(byte) - 1, 0);
        std::uint32_t code = byte & (0x7fU >> std::countl_one(byte));
        for (int i = 0; i < following && at + 1 < escaped.size(); ++i) {
            code = (code << 6U) | (static_cast<unsigned char>(escaped[++at]) & 0x3fU);
        }
        out += code > 0xffff ? fmt::format("\\U{:08x}", code) : fmt::format("\\u{:04x}", code);
    }
    return out + '"';
}

/// Plain where every reader of YAML takes it for that text, else in double quotes.
std::string scalar(std::string_view text) {
    constexpr std::string_view harmless =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./_$()";
    constexpr std::string_view first =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/";
    const bool is_plain = !text.empty() && first.find(text.front()) != std::string_view::npos
                          && text.find_first_not_of(harmless) == std::string_view::npos
                          && std::holds_alternative<std::string_view>(resolve_plain_scalar(text));
    if (is_plain) {
        return std::string(text);
    }
    return double_quoted(text);
}

std::string flow_of(const actions& what) {
    std::vector<std::string> names;
    const auto add = [&](bool wanted, std::string_view name) {
        if (wanted) {
            names.emplace_back(name);
        }
    };
    add(what.deny, "Deny");
    add(what.warn, "Warn");
    add(what.audit, "Audit");
    return fmt::format("[{}]", fmt::join(names, ", "));
}

std::string_view word_of(template_mode mode) {
    switch (mode) {
    case template_mode::deny:
        return "Deny";
    case template_mode::warn:
        return "Warn";
    case template_mode::ignore:
        return "Ignore";
    }
    return "Deny";
}

std::string_view word_of(tag_mode mode) {
    switch (mode) {
    case tag_mode::deny:
        return "Deny";
    case tag_mode::warn:
        return "Warn";
    case tag_mode::allow:
        return "Allow";
    }
    return "Deny";
}

std::string_view word_of(unsigned_images what) {
    switch (what) {
    case unsigned_images::allow:
        return "Allow";
    case unsigned_images::warn:
        return "Warn";
    case unsigned_images::deny:
        return "Deny";
    }
    return "Deny";
}

std::string_view word_of(id_rule rule) {
    switch (rule) {
    case id_rule::must_run_as:
        return "MustRunAs";
    case id_rule::must_run_as_non_root:
        return "MustRunAsNonRoot";
    case id_rule::may_run_as:
        return "MayRunAs";
    case id_rule::run_as_any:
        return "RunAsAny";
    }
    return "MustRunAs";
}

/// Writes lines at a depth; a section's head is written by the first thing in it.
class yaml_writer {
  public:
    std::string take() && { return std::move(out_); }

    void line(std::size_t depth, std::string_view text) {
        out_.append(2 * depth, ' ').append(text) += '\n';
    }

    void field(std::size_t depth, std::string_view name, std::string_view value) {
        line(depth, fmt::format("{}: {}", name, value));
    }

    /// Nothing where the list is empty. Items stand at the field's own depth, as kubectl prints.
    template <class Texts>
    void texts(std::size_t depth, std::string_view name, const Texts& items) {
        if (std::empty(items)) {
            return;
        }
        line(depth, fmt::format("{}:", name));
        for (const auto& item : items) {
            line(depth, fmt::format("- {}", scalar(item)));
        }
    }

    void patterns(std::size_t depth, std::string_view name, const image_patterns& all) {
        std::vector<std::string_view> written;
        for (const image_pattern& one : all.all()) {
            written.push_back(one.text());
        }
        texts(depth, name, written);
    }

    void rules(std::size_t depth, std::string_view name, std::span<const rule_id> all) {
        std::vector<std::string_view> ids;
        std::ranges::transform(all, std::back_inserter(ids), id_of);
        texts(depth, name, ids);
    }

    void own_actions(std::size_t depth, const std::optional<actions>& own) {
        if (own) {
            field(depth, "validationActions", flow_of(*own));
        }
    }

  private:
    std::string out_;
};

void write(yaml_writer& to, const match_rules& match) {
    const bool matches_all = match.namespaces.empty() && match.exclude_namespaces.empty()
                             && match.service_accounts.empty() && match.exclude_users.empty()
                             && match.exclude_groups.empty();
    if (matches_all) {
        return;
    }
    to.line(1, "match:");
    to.texts(2, "namespaces", match.namespaces);
    to.texts(2, "excludeNamespaces", match.exclude_namespaces);
    to.texts(2, "serviceAccounts", match.service_accounts);
    to.texts(2, "excludeUsers", match.exclude_users);
    to.texts(2, "excludeGroups", match.exclude_groups);
}

void write(yaml_writer& to, const pod_security_section& section) {
    to.line(1, "podSecurity:");
    to.own_actions(2, section.validation_actions);
    to.field(2, "level", name_of(section.level));
    to.field(2, "version", name_of(section.version));
    to.rules(2, "exemptChecks", section.exempt_checks);
}

void write(yaml_writer& to, std::string_view name, const std::optional<id_strategy>& strategy) {
    if (!strategy) {
        return;
    }
    to.line(2, fmt::format("{}:", name));
    to.field(3, "rule", word_of(strategy->rule));
    if (!strategy->ranges.empty()) {
        to.line(3, "ranges:");
    }
    for (const id_range& range : strategy->ranges) {
        to.line(3, fmt::format("- {{min: {}, max: {}}}", range.min, range.max));
    }
}

void write(yaml_writer& to, const run_as_section& section) {
    to.line(1, "runAs:");
    to.own_actions(2, section.validation_actions);
    write(to, "runAsUser", section.run_as_user);
    write(to, "runAsGroup", section.run_as_group);
    write(to, "fsGroup", section.fs_group);
    write(to, "supplementalGroups", section.supplemental_groups);
    if (section.demand_strict_supplemental_groups) {
        to.field(2, "supplementalGroupsPolicy", "Strict");
    }
    if (section.resolve_image_user) {
        to.field(2, "imageUser", "Resolve");
    }
    if (section.relax_user_namespaces) {
        to.field(2, "userNamespaces", "Relax");
    }
}

void write(yaml_writer& to, const images_section& section) {
    const bool says_nothing = !section.validation_actions && !section.allow && section.deny.empty()
                              && !section.require_digest && section.deny_tags.empty();
    if (says_nothing) {
        to.line(1, "images: {}"); // still judges whether references are valid
        return;
    }
    to.line(1, "images:");
    to.own_actions(2, section.validation_actions);
    to.patterns(2, "allow", section.allow.value_or(image_patterns()));
    to.patterns(2, "deny", section.deny);
    if (section.require_digest) {
        to.field(2, "requireDigest", "true");
    }
    to.texts(2, "denyTags", section.deny_tags);
}

/// A key in the policy itself, as people paste it where its lines allow that.
void write_data(yaml_writer& to, std::string_view data) {
    const bool is_block =
        data.starts_with("-----BEGIN ") && data.ends_with("-----\n")
        && std::ranges::all_of(data, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
    if (!is_block) {
        to.field(3, "- data", double_quoted(data));
        return;
    }
    to.line(3, "- data: |");
    while (!data.empty()) {
        const std::size_t end = data.find('\n');
        to.line(5, data.substr(0, end));
        data.remove_prefix(end + 1);
    }
}

void write(yaml_writer& to, const authority& one) {
    to.line(2, fmt::format("- name: {}", scalar(one.name)));
    if (one.fixed) {
        to.field(3, "static", *one.fixed == static_decision::pass ? "Pass" : "Fail");
    }
    if (!one.keys.empty()) {
        to.line(3, "keys:");
    }
    for (const signing_key& key : one.keys) {
        if (key.file.empty()) {
            write_data(to, key.data);
        } else {
            to.field(3, "- file", scalar(key.file));
        }
        if (key.hash) {
            to.field(4, "hashAlgorithm", name_of(*key.hash));
        }
    }
}

void write(yaml_writer& to, const signature_entry& entry) {
    to.line(1, fmt::format("- name: {}", scalar(entry.name)));
    to.own_actions(2, entry.validation_actions);
    to.patterns(2, "images", entry.images);
    to.patterns(2, "excludeImages", entry.exclude_images);
    if (entry.tags != tag_mode::deny) {
        to.field(2, "tags", word_of(entry.tags));
    }
    if (entry.threshold != 1) {
        to.field(2, "threshold", std::to_string(entry.threshold));
    }
    to.line(2, "authorities:");
    for (const authority& one : entry.authorities) {
        write(to, one);
    }
    if (entry.match_repository) {
        to.field(2, "signedIdentity", "MatchRepository");
    }
    if (!entry.repository.empty()) {
        to.field(2, "repository", scalar(entry.repository));
    }
    if (!entry.annotations.empty()) {
        to.line(2, "annotations:");
    }
    for (const auto& [name, value] : entry.annotations) {
        to.field(3, scalar(name), scalar(value));
    }
}

std::string day_of(const std::optional<std::chrono::sys_days>& until) {
    if (!until) {
        return "never";
    }
    const std::chrono::year_month_day day(*until);
    return fmt::format(
        "\"{:04}-{:02}-{:02}\"",
        static_cast<int>(day.year()),
        static_cast<unsigned>(day.month()),
        static_cast<unsigned>(day.day())
    );
}

void write(yaml_writer& to, const exemption& one) {
    to.line(1, fmt::format("- name: {}", scalar(one.name)));
    to.patterns(2, "images", one.images);
    to.texts(2, "namespaces", one.namespaces);
    to.rules(2, "rules", one.rules);
    to.field(2, "until", day_of(one.until));
    to.field(2, "reason", scalar(one.reason));
}

} // namespace

std::string text_of(const policy_document& document) {
    yaml_writer to;
    to.line(0, "apiVersion: gatehouse.dev/v1alpha1");
    to.line(0, "kind: AdmissionPolicy");
    to.line(0, "metadata:");
    to.field(1, "name", scalar(document.name));
    to.line(0, "spec:");
    to.field(1, "validationActions", flow_of(document.validation_actions));
    to.field(1, "workloads", word_of(document.workloads));
    write(to, document.match);
    if (document.pod_security) {
        write(to, *document.pod_security);
    }
    if (document.run_as) {
        write(to, *document.run_as);
    }
    if (document.images) {
        write(to, *document.images);
    }
    if (!document.signatures.empty()) {
        to.line(1, "signatures:");
    }
    for (const signature_entry& entry : document.signatures) {
        write(to, entry);
    }
    if (document.unsigned_image != unsigned_images::allow) {
        to.field(1, "unsignedImages", word_of(document.unsigned_image));
    }
    if (document.on_registry_unavailable == on_unavailable::warn) {
        to.field(1, "onRegistryUnavailable", "Warn");
    }
    if (!document.exemptions.empty()) {
        to.line(1, "exemptions:");
    }
    for (const exemption& one : document.exemptions) {
        write(to, one);
    }
    return std::move(to).take();
}

} // namespace gatehouse::policy
