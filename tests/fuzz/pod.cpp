// A pod's JSON to the value that rules see: an error names its field, and what was read does not live in
// the bytes that it came from.
#include "policy/pod/decode.h"
#include "policy/pod/visit.h"
#include "policy/rules/rules.h"
#include "tests/fuzz/fuzz.h"

#include <simdjson.h>

#include <algorithm>
#include <string>

namespace gatehouse::fuzzing {
namespace {

policy::images_section strict_images() {
    policy::images_section images;
    images.allow.emplace(std::vector{policy::image_pattern::parse("reg.example/**").value()});
    images.require_digest = true;
    images.deny_tags = {"latest", "*-snapshot"};
    return images;
}

policy::run_as_section strict_run_as() {
    const policy::id_strategy in_range{policy::id_rule::must_run_as, {{10'000, 19'999}}};
    policy::run_as_section run_as;
    run_as.run_as_user = in_range;
    run_as.run_as_group = in_range;
    run_as.fs_group = in_range;
    run_as.supplemental_groups = in_range;
    run_as.demand_strict_supplemental_groups = true;
    return run_as;
}

void judge(const policy::pod& subject) {
    static const policy::images_section images = strict_images();
    static const policy::run_as_section run_as = strict_run_as();
    policy::findings found;
    static const policy::registry_aliases aliases;
    policy::request about;
    about.about.namespace_name = "prod";
    about.object = &subject;
    const policy::rule_subject judged =
        policy::make_rule_subject(about, policy::judged_parts::containers_and_images, aliases);
    policy::judge_image_reference(judged, found);
    const bool all_read = found.empty();
    policy::judge_image_registry(images, judged, found);
    policy::judge_image_tag(images, judged, found);
    policy::judge_image_digest(images, judged, found);
    const bool images_pass = found.empty();
    policy::judge_run_as_user(run_as, judged, found);
    policy::judge_run_as_group(run_as, judged, found);
    policy::judge_fs_group(run_as, judged, found);
    policy::judge_supplemental_groups(run_as, judged, found);
    policy::judge_supplemental_groups_policy(run_as, judged, found);
    for (const policy::finding& one : found) {
        require_message(one.text, 1000);
        require(one.field.starts_with("spec"), "a finding has a field");
    }
    policy::for_each_image(subject, [&](const policy::element&, std::string_view image) {
        const auto parsed = policy::reference::parse(image);
        require(parsed || !all_read, "an image that cannot be read is found");
        require(
            !images_pass
                || (parsed && parsed.value().registry() == "reg.example"
                    && !parsed.value().digest().empty()),
            "an image that no rule found is from the one registry and has a digest"
        );
    });
}

} // namespace

void fuzz_pod(std::string_view input) {
    policy::arena memory;
    policy::decoded_pod decoded;
    {
        // Parser and bytes are gone before anything is looked at.
        simdjson::dom::parser parser;
        const simdjson::padded_string bytes(input);
        simdjson::dom::element root;
        if (parser.parse(bytes).get(root) != simdjson::SUCCESS) {
            return;
        }
        decoded = policy::decode_pod(root, "object", memory);
        policy::arena other_memory;
        const policy::decoded_pod again = policy::decode_pod(root, "object", other_memory);
        require((again.value == nullptr) == (decoded.value == nullptr), "decoding is a function");
        if (decoded.value != nullptr) {
            require(*again.value == *decoded.value, "and gives the same pod");
        }
    }
    if (decoded.value == nullptr) {
        require(decoded.error.field.starts_with("object"), "an error names its field");
        require_message(decoded.error.field, 4000);
        require_message(decoded.error.problem, 400);
        return;
    }
    require(!decoded.value->containers.empty(), "a pod has containers");
    judge(*decoded.value);
}

} // namespace gatehouse::fuzzing
