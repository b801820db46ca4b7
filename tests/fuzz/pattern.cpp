// Image patterns: the first line is a pattern, the second an image to match.
#include "policy/image/pattern.h"

#include "tests/fuzz/fuzz.h"

#include <string>

namespace gatehouse::fuzzing {
namespace {

using policy::pattern_use;

constexpr std::string_view request_namespace = "prod";

void check_match(const policy::image_pattern& pattern, const policy::reference& image) {
    const bool permits = pattern.matches(image, request_namespace, pattern_use::permit);
    const bool denies = pattern.matches(image, request_namespace, pattern_use::deny);
    require(denies || !permits, "what permits an image denies it in a deny list");
    require(permits || !denies || !image.digest().empty(), "only a digest tells them apart");

    const auto all = policy::image_pattern::parse("**");
    require(
        all.value().matches(image, request_namespace, pattern_use::permit), "** is every image"
    );

    // Without wildcards a pattern is a name, and equality decides.
    const bool is_literal = pattern.text().find_first_of("*$") == std::string::npos;
    const auto literal = policy::reference::parse(pattern.text());
    if (is_literal && literal && permits) {
        require(literal.value().name() == image.name(), "a literal matches its own name only");
    }
}

} // namespace

void fuzz_pattern(std::string_view input) {
    const std::size_t line = input.find('\n');
    const auto pattern = policy::image_pattern::parse(input.substr(0, line));
    if (!pattern) {
        require(pattern.error().code() == policy::errc::malformed, "a bad pattern is malformed");
        require_message(pattern.error().detail(), 400);
        return;
    }
    require(pattern.value().text() == input.substr(0, line), "a pattern keeps its text");
    if (line == std::string_view::npos) {
        return;
    }
    const auto image = policy::reference::parse(input.substr(line + 1));
    if (image) {
        check_match(pattern.value(), image.value());
    }
}

} // namespace gatehouse::fuzzing
