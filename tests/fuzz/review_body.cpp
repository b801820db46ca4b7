// The bytes of a review to a tree: the one that simdjson makes of them, but for field sets, which may stand as empty
// objects.
#include "server/admission/judge.h"
#include "server/admission/parse_body.h"
#include "tests/fuzz/fuzz.h"

#include <vector>

namespace gatehouse::fuzzing {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

bool is_equal(element got, element whole);

bool is_equal(simdjson::dom::object got, simdjson::dom::object whole) {
    auto one = got.begin();
    for (const auto [key, value] : whole) {
        if (one == got.end() || one.key() != key) {
            return false;
        }
        const bool is_left_out = key == "fieldsV1" && value.is_object() && one.value().is_object()
                                 && simdjson::dom::object(one.value()).size() == 0;
        if (!is_left_out && !is_equal(one.value(), value)) {
            return false;
        }
        ++one;
    }
    return one == got.end();
}

bool is_equal(simdjson::dom::array got, simdjson::dom::array whole) {
    auto one = got.begin();
    for (const element value : whole) {
        if (!(one != got.end()) || !is_equal(*one, value)) {
            return false;
        }
        ++one;
    }
    return !(one != got.end());
}

bool is_equal(element got, element whole) {
    if (got.type() != whole.type()) {
        return false;
    }
    if (whole.is_object()) {
        return is_equal(simdjson::dom::object(got), simdjson::dom::object(whole));
    }
    if (whole.is_array()) {
        return is_equal(simdjson::dom::array(got), simdjson::dom::array(whole));
    }
    return simdjson::minify(got) == simdjson::minify(whole);
}

} // namespace

void fuzz_review_body(std::string_view input) {
    // Exactly the bytes that the parser may touch, so that a sanitizer sees it touch more.
    std::vector<char> bytes(input.begin(), input.end());
    bytes.resize(input.size() + simdjson::SIMDJSON_PADDING);
    simdjson::dom::parser ours;
    element got;
    const auto error = server::parse_body({bytes.data(), input.size()}, ours).get(got);
    simdjson::dom::parser plain;
    require(plain.allocate(bytes.size(), server::most_json_levels) == simdjson::SUCCESS, "memory");
    element whole;
    const auto expected = plain.parse(bytes.data(), input.size(), false).get(whole);
    if (expected == simdjson::DEPTH_ERROR) {
        return; // levels of field sets do not count
    }
    require(error == expected, "what is wrong with a body is wrong with it");
    require(error != simdjson::SUCCESS || is_equal(got, whole), "and nothing else is left out");
}

} // namespace gatehouse::fuzzing
