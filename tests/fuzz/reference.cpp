// Image references: what is taken has one canonical spelling and is matched by its own name.
#include "policy/image/reference.h"

#include "policy/image/pattern.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>
#include <string>

namespace gatehouse::fuzzing {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

std::string joined_parts(const policy::reference& image) {
    std::string text(image.registry());
    text.append("/").append(image.repository());
    if (!image.tag().empty()) {
        text.append(":").append(image.tag());
    }
    if (!image.digest().empty()) {
        text.append("@").append(image.digest());
    }
    return text;
}

} // namespace

void fuzz_reference(std::string_view input) {
    const auto parsed = policy::reference::parse(input);
    if (!parsed) {
        require(parsed.error().code() == policy::errc::malformed, "a bad reference is malformed");
        require_message(parsed.error().detail(), 240);
        return;
    }
    const policy::reference& image = parsed.value();
    require(joined_parts(image) == image.text(), "the parts make the whole");
    require(image.name().size() <= policy::longest_image_name, "the name is bounded");
    require(std::ranges::none_of(image.name(), is_upper), "a name is lower case");
    require(!image.tag().empty() || !image.digest().empty(), "there is a tag or a digest");
    require(image.repository().front() != '/', "the registry is whole");

    const auto again = policy::reference::parse(image.text());
    require(again && again.value() == image, "the canonical text reads as the same image");
    require(again.value().registry() == image.registry(), "and has the same registry");

    const auto own = policy::image_pattern::parse(image.name());
    require(own.has_value(), "a name is a pattern");
    require(own.value().matches(image, "", policy::pattern_use::permit), "a name matches itself");
}

} // namespace gatehouse::fuzzing
