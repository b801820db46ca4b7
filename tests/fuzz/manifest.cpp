// Manifests to the JSON that is judged: another parser reads it, it is the object that was announced, and
// what was JSON already stays the same.
#include "server/manifest.h"

#include "policy/yaml/json.h"
#include "tests/fuzz/fuzz.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace gatehouse::fuzzing {
namespace {

using nlohmann::json;

constexpr std::size_t most_objects = 100;

json read(std::string_view text) { return json::parse(text, nullptr, false); }

void check_objects(std::string_view input) {
    const server::manifest found = server::read_manifest(input, most_objects);
    require(found.objects.size() + found.errors.size() <= most_objects + 1, "objects are bounded");
    for (const server::manifest_object& object : found.objects) {
        const json value = read({object.json.data(), object.json.size()});
        require(value.is_object(), "an object is one");
        require(value.value("kind", json()) == object.kind, "of the kind that is told");
        require(value.value("apiVersion", json()) == object.api_version, "and version");
        require(!object.kind.empty() && !object.api_version.empty(), "and both are there");
        require(object.place.document >= 1, "documents count from 1");
        require(!object.place.item || *object.place.item >= 1, "items count from 1");
    }
    for (const server::manifest_error& error : found.errors) {
        require_message(error.message, 1000);
        require(error.place.document >= 1, "an error has its document");
    }
}

/// JSON without what YAML's readers differ on: ASCII, no duplicate keys, numbers within 15 digits.
bool is_simple_json(std::string_view input, const json& value) {
    const auto is_plain = [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; };
    const auto colons = std::ranges::count(input, ':');
    std::size_t keys = 0;
    bool small = true;
    const auto visit = [&](const auto& self, const json& node) -> void {
        if (node.is_number()) {
            small = small && node.dump().size() <= 15;
        }
        keys += node.is_object() ? node.size() : 0;
        if (node.is_structured()) {
            for (const json& child : node) {
                self(self, child);
            }
        }
    };
    visit(visit, value);
    return value.is_structured() && small && std::ranges::all_of(input, is_plain)
           && keys == static_cast<std::size_t>(colons);
}

void check_conversion(std::string_view input) {
    const json original = read(input);
    const bool is_json = !original.is_discarded() && is_simple_json(input, original);
    const auto documents = policy::parse_yaml(input, {.depth = 50, .nodes = 20'000});
    require(!is_json || documents.size() == 1, "JSON is one document");
    for (const policy::yaml_document& document : documents) {
        if (document.has_problem || document.empty) {
            require(!is_json, "JSON is YAML");
            continue;
        }
        const policy::yaml_as_json converted = policy::json_of(document.root);
        if (converted.problem) {
            require_message(converted.problem->message, 1000);
            require(!is_json, "JSON can be written as JSON");
            continue;
        }
        const json value = read(converted.text);
        require(!value.is_discarded(), "what is written as JSON is JSON");
        require(!is_json || value == original, "JSON stays the same");
    }
}

} // namespace

void fuzz_manifest(std::string_view input) {
    check_objects(input);
    check_conversion(input);
}

} // namespace gatehouse::fuzzing
