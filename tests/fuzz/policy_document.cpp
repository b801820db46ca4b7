// Policy files to documents: either errors that have a place in the text, or documents that keep every
// promise of document.h and can be made ready to judge.
#include "policy/document/parse.h"
#include "policy/policy_set.h"
#include "policy/text.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace gatehouse::fuzzing {
namespace {

const std::string source_name = "input.yaml";

void require_lines(const std::vector<policy::diagnostic>& lines, std::size_t lines_of_text) {
    for (const policy::diagnostic& line : lines) {
        require(line.source == source_name, "a diagnostic names its source");
        require(line.at.line >= 1 && line.at.line <= lines_of_text, "and a line of it");
        require(line.at.column >= 1, "and a column");
        require_message(line.message, 1000);
        require(line.text().starts_with(source_name + ":"), "and is written with them");
    }
}

void require_ranges(const std::optional<policy::id_strategy>& strategy) {
    if (!strategy) {
        return;
    }
    const bool by_ranges = strategy->rule == policy::id_rule::must_run_as
                           || strategy->rule == policy::id_rule::may_run_as;
    require(by_ranges != strategy->ranges.empty(), "ranges stand where they mean something");
    require(strategy->ranges.size() <= 64, "ranges are few");
    for (const policy::id_range& range : strategy->ranges) {
        require(0 <= range.min && range.min <= range.max, "a range is one");
        require(range.max <= 2'147'483'647, "ids are bounded");
    }
}

void require_images(const policy::image_patterns& patterns) {
    require(patterns.all().size() <= 256, "patterns are few");
    for (const policy::image_pattern& pattern : patterns.all()) {
        require(pattern.text().size() <= policy::longest_image_pattern, "and short");
    }
}

void require_entry(const policy::signature_entry& entry) {
    require(!entry.name.empty(), "an entry has a name");
    require(!entry.images.empty(), "an entry is about some images");
    require_images(entry.images);
    require_images(entry.exclude_images);
    require(entry.authorities.size() <= 64, "authorities are few");
    require(entry.threshold >= 1 && entry.threshold <= entry.authorities.size(), "and enough");
    require(entry.annotations.size() <= 64, "annotations are few");
    for (const policy::authority& one : entry.authorities) {
        require(!one.name.empty(), "an authority has a name");
        require(one.fixed.has_value() == one.keys.empty(), "and keys, or decides by itself");
        require(!one.fixed || entry.authorities.size() == 1, "and then stands alone");
        for (const policy::signing_key& key : one.keys) {
            require(key.file.empty() != key.data.empty(), "a key has one source");
            require((key.key != nullptr) == key.file.empty(), "and inline ones are read");
        }
    }
}

void require_document(const policy::policy_document& document) {
    require(!document.name.empty() && document.name.size() <= 253, "a policy has a name");
    require(
        document.images || document.run_as || document.pod_security || !document.signatures.empty()
            || document.unsigned_image != policy::unsigned_images::allow,
        "a policy has some rule"
    );
    const policy::actions& what = document.validation_actions;
    require(what.deny || what.warn || what.audit, "a policy does something");
    require(!(what.deny && what.warn), "and not both, deny and warn");
    if (document.images) {
        require_images(document.images->deny);
        if (document.images->allow) {
            require(!document.images->allow->empty(), "an allow list allows something");
            require_images(*document.images->allow);
        }
    }
    if (document.run_as) {
        require_ranges(document.run_as->run_as_user);
        require_ranges(document.run_as->run_as_group);
        require_ranges(document.run_as->fs_group);
        require_ranges(document.run_as->supplemental_groups);
    }
    require(document.signatures.size() <= 256, "signature entries are few");
    for (const policy::signature_entry& entry : document.signatures) {
        require_entry(entry);
    }
    require(document.exemptions.size() <= 256, "exemptions are few");
    for (const policy::exemption& hole : document.exemptions) {
        require(!hole.name.empty() && !hole.reason.empty(), "an exemption is explained");
        require(!hole.rules.empty(), "an exemption names rules");
        require(!hole.images.empty() || !hole.namespaces.empty(), "and where it acts");
    }
}

} // namespace

void fuzz_policy_document(std::string_view input) {
    const std::array<policy::policy_source, 1> sources{
        policy::policy_source{source_name, std::string(input)}};
    policy::parsed_policies parsed = policy::parse_policies(sources);
    const auto lines = static_cast<std::size_t>(std::ranges::count(input, '\n')) + 1;
    require_lines(parsed.errors, lines);
    require_lines(parsed.warnings, lines);
    if (!parsed.errors.empty()) {
        return;
    }
    require(!parsed.policies.empty(), "a text without errors has a policy");
    require(parsed.policies.size() <= 1024, "policies are few");
    for (const policy::policy_document& document : parsed.policies) {
        require_document(document);
    }
    const policy::policy_set ready(std::move(parsed.policies));
    for (const policy::policy_document* found : ready.matching({}, {})) {
        require(!found->name.empty(), "a policy that matches is one of the set");
    }
}

} // namespace gatehouse::fuzzing
