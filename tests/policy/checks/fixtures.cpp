#include "tests/policy/checks/fixtures.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gatehouse::policy {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view smallest_baseline = R"({
  "apiVersion": "v1",
  "kind": "Pod",
  "metadata": {"name": "smallest"},
  "spec": {
    "initContainers": [{"name": "init", "image": "registry.example/init:1"}],
    "containers": [{"name": "app", "image": "registry.example/app:1"}]
  }
})";

constexpr std::string_view smallest_restricted = R"({
  "apiVersion": "v1",
  "kind": "Pod",
  "metadata": {"name": "smallest"},
  "spec": {
    "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
    "initContainers": [{
      "name": "init",
      "image": "registry.example/init:1",
      "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}
    }],
    "containers": [{
      "name": "app",
      "image": "registry.example/app:1",
      "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}
    }]
  }
})";

void apply(ordered_json& pod, const std::string& pointer, const ordered_json& value) {
    const ordered_json::json_pointer place(pointer);
    if (value.is_null()) {
        pod.at(place.parent_pointer()).erase(place.back());
    } else {
        pod[place] = value;
    }
}

fixture made(
    const fixture_set& set,
    security_level level,
    bool passes,
    std::size_t number,
    tweak what
) {
    ordered_json pod = ordered_json::parse(
        level == security_level::baseline ? smallest_baseline : smallest_restricted
    );
    const ordered_json changes = ordered_json::parse(what);
    for (const auto& [pointer, value] : changes.items()) {
        apply(pod, pointer, value);
    }
    return {
        .rule = set.rule,
        .level = level,
        .since = set.since,
        .passes = passes,
        .path = fmt::format(
            "{}/v1.{}/{}/{}_{}.json",
            name_of(level),
            set.since,
            passes ? "pass" : "fail",
            id_of(set.rule),
            number
        ),
        .text = pod.dump(2) + "\n",
    };
}

void add(std::vector<fixture>& to, const std::vector<fixture_set>& sets, security_level level) {
    for (const fixture_set& set : sets) {
        for (std::size_t i = 0; i < set.passing.size(); ++i) {
            to.push_back(made(set, level, true, i + 1, set.passing[i]));
        }
        for (std::size_t i = 0; i < set.failing.size(); ++i) {
            to.push_back(made(set, level, false, i + 1, set.failing[i]));
        }
    }
}

} // namespace

std::vector<fixture> all_fixtures() {
    std::vector<fixture> all;
    add(all, baseline_fixtures(), security_level::baseline);
    add(all, restricted_fixtures(), security_level::restricted);
    return all;
}

} // namespace gatehouse::policy
