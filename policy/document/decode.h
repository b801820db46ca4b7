#pragma once
// The parts of a policy, from checked sections to values. Each reports what no single field shows:
// ranges without a rule that reads them, an exemption that narrows nothing.

#include "policy/document/document.h"
#include "policy/document/section.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gatehouse::policy {

/// A whole document, without its hash.
[[nodiscard]] policy_document decode_document(const section& root);

[[nodiscard]] match_rules decode_match(const section& from);
[[nodiscard]] pod_security_section decode_pod_security(const section& from);
[[nodiscard]] run_as_section decode_run_as(const section& from);
[[nodiscard]] images_section decode_images(const section& from);
[[nodiscard]] std::vector<signature_entry> decode_signatures(const section& spec);
[[nodiscard]] std::vector<exemption> decode_exemptions(const section& spec);

/// The actions of that field, or nothing where it is absent.
[[nodiscard]] std::optional<actions> decode_actions(const section& from);

[[nodiscard]] std::vector<std::string> decode_globs(const section& from, std::string_view field);
/// Patterns of a list that permits are warned of where they hold a wildcard in the host.
[[nodiscard]] image_patterns decode_patterns(
    const section& from,
    std::string_view field,
    pattern_use use
);
[[nodiscard]] std::vector<rule_id> decode_rules(const section& from, std::string_view field);

/// Reports a name that another item of the list has too; `names` is what the list has so far.
void check_name_is_new(
    const section& item,
    const std::string& name,
    std::string_view noun,
    std::map<std::string, position>& names
);

/// A list of objects with names of their own: `noun` is what messages call one, `decode` reads it.
template <class Decode>
[[nodiscard]] auto decode_named(
    const section& from,
    std::string_view field,
    std::string_view noun,
    Decode decode
) {
    std::vector<std::invoke_result_t<Decode, const section&>> out;
    std::map<std::string, position> names;
    for (const section& item : from.objects(field)) {
        out.push_back(decode(item));
        check_name_is_new(item, out.back().name, noun, names);
    }
    return out;
}

/// Whether it says a rule for anything, be it RunAsAny.
[[nodiscard]] bool has_rules(const run_as_section& run_as);

} // namespace gatehouse::policy
