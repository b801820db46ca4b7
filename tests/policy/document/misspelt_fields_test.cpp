// Every field of the table, misspelt in every way by one letter, in its place: refused, and the
// field that was meant is named. A field that is added to the table is tested by being there.
#include "policy/document/schema.h"
#include "tests/support/policy_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

/// An object of the table: where it is, as YAML around its fields and as a path in messages.
struct place {
    const schema_value* object;
    std::string before;
    std::string after;
    std::string path;
};

std::string below(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

// By value: the table is a tree, and each level adds to what stands around the next.
void collect(const place& at, std::vector<place>& into) { // NOLINT(misc-no-recursion)
    into.push_back(at);
    for (const schema_field& field : at.object->fields) {
        const bool is_list = field.value.kind == value_kind::list;
        const schema_value& inner = is_list ? field.value.item.front() : field.value;
        if (inner.kind != value_kind::object) {
            continue;
        }
        collect(
            {.object = &inner,
             .before = fmt::format("{}{}: {}{{", at.before, field.name, is_list ? "[" : ""),
             .after = (is_list ? "}]" : "}") + at.after,
             .path = below(at.path, field.name) + (is_list ? "[0]" : "")},
            into
        );
    }
}

std::vector<place> places() {
    std::vector<place> out;
    collect({.object = &policy_schema(), .before = "{", .after = "}", .path = ""}, out);
    return out;
}

/// A letter left out, doubled, swapped with the next; the whole in lower case and in upper case.
std::set<std::string> misspellings(std::string_view name) {
    std::set<std::string> out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const std::string whole(name);
        out.insert(std::string(whole).erase(i, 1));
        out.insert(std::string(whole).insert(i, 1, whole[i]));
        if (i + 1 < name.size()) {
            std::string swapped = whole;
            std::swap(swapped[i], swapped[i + 1]);
            out.insert(swapped);
        }
    }
    std::string upper(name);
    std::string lower(name);
    std::ranges::transform(name, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    std::ranges::transform(name, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    out.insert({upper, lower});
    out.erase(std::string(name));
    return out;
}

TEST(MisspeltFields, AreRefusedWithTheFieldThatWasMeant) {
    std::size_t tried = 0;
    for (const place& at : places()) {
        for (const schema_field& field : at.object->fields) {
            for (const std::string& written : misspellings(field.name)) {
                const std::string text = at.before + written + ": x" + at.after;
                EXPECT_THAT(
                    testing_support::errors_of(text),
                    testing::Contains(fmt::format(
                        "1:{}: {}: unknown field; did you mean {}?",
                        at.before.size() + 1,
                        below(at.path, written),
                        field.name
                    ))
                ) << text;
                ++tried;
            }
        }
    }
    EXPECT_GT(tried, 1000U);
}

} // namespace
} // namespace gatehouse::policy
