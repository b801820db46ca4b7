#include "policy/document/decode.h"
#include "policy/document/field_path.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {
namespace {

id_rule rule_of(std::string_view word) {
    if (word == "MustRunAs") {
        return id_rule::must_run_as;
    }
    if (word == "MustRunAsNonRoot") {
        return id_rule::must_run_as_non_root;
    }
    return word == "MayRunAs" ? id_rule::may_run_as : id_rule::run_as_any;
}

bool reads_ranges(id_rule rule) {
    switch (rule) {
    case id_rule::must_run_as:
    case id_rule::may_run_as:
        return true;
    case id_rule::must_run_as_non_root:
    case id_rule::run_as_any:
        return false;
    }
    return false;
}

std::vector<id_range> decode_ranges(const section& from) {
    std::vector<id_range> out;
    for (const section& item : from.objects("ranges")) {
        const std::optional<std::int64_t> min = item.integer("min");
        const std::optional<std::int64_t> max = item.integer("max");
        if (!min || !max) {
            continue;
        }
        const id_range range{*min, *max};
        if (range.min > range.max) {
            item.error_at("min", fmt::format("{} is greater than max, {}", range.min, range.max));
        } else if (std::ranges::find(out, range) != out.end()) {
            item.error(fmt::format("{} to {} is listed twice", range.min, range.max));
        }
        out.push_back(range);
    }
    return out;
}

std::optional<id_strategy> decode_strategy(const section& run_as, std::string_view field) {
    const std::optional<section> from = run_as.object(field);
    if (!from) {
        return std::nullopt;
    }
    id_strategy out;
    out.ranges = decode_ranges(*from);
    const std::optional<std::string> word = from->text("rule");
    if (!word) {
        return out;
    }
    out.rule = rule_of(*word);
    if (reads_ranges(out.rule) && !from->has("ranges")) {
        from->missing("ranges", fmt::format("is required with {}", *word));
    }
    if (!reads_ranges(out.rule) && from->has("ranges")) {
        from->error_at_name("ranges", fmt::format("is not judged with {}; leave it out", *word));
    }
    return out;
}

} // namespace

run_as_section decode_run_as(const section& from) {
    run_as_section out;
    out.validation_actions = decode_actions(from);
    out.run_as_user = decode_strategy(from, "runAsUser");
    out.run_as_group = decode_strategy(from, "runAsGroup");
    out.fs_group = decode_strategy(from, "fsGroup");
    out.supplemental_groups = decode_strategy(from, "supplementalGroups");
    out.demand_strict_supplemental_groups = from.text("supplementalGroupsPolicy").has_value();
    out.resolve_image_user = from.text("imageUser") == "Resolve";
    out.relax_user_namespaces = from.text("userNamespaces") == "Relax";
    return out;
}

bool has_rules(const run_as_section& run_as) {
    return run_as.run_as_user || run_as.run_as_group || run_as.fs_group
           || run_as.supplemental_groups || run_as.demand_strict_supplemental_groups
           || run_as.resolve_image_user; // rule image-user
}

} // namespace gatehouse::policy
