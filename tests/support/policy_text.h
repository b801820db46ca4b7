#pragma once
// Policies as text for tests: a minimal one that judges something, to which lines are added.

#include "policy/document/parse.h"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

/// A policy whose spec has only these lines; they begin in line 5 and are indented by two.
inline std::string policy_with_spec(std::string_view lines) {
    return "apiVersion: gatehouse.dev/v1alpha1\n"
           "kind: AdmissionPolicy\n"
           "metadata: {name: p}\n"
           "spec:\n"
           + std::string(lines);
}

/// The same with a rule in line 5, so that the lines given begin in line 6.
inline std::string policy_text_with(std::string_view lines) {
    return policy_with_spec("  images: {requireDigest: true}\n" + std::string(lines));
}

/// A whole policy of four lines; its name stands at 3:18.
inline std::string policy_named(std::string_view name) {
    return "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {name: "
           + std::string(name) + "}\nspec: {images: {requireDigest: true}}\n";
}

inline policy::parsed_policies parsed(std::string text) {
    const std::vector<policy::policy_source> sources = {{"p.yaml", std::move(text)}};
    return policy::parse_policies(sources);
}

inline std::vector<std::string> texts(const std::vector<policy::diagnostic>& from) {
    std::vector<std::string> out;
    for (const policy::diagnostic& one : from) {
        out.push_back(one.text());
    }
    return out;
}

/// Errors of that text, without the name of the file.
inline std::vector<std::string> errors_of(std::string text) {
    std::vector<std::string> out;
    for (policy::diagnostic one : parsed(std::move(text)).errors) {
        one.source.clear();
        out.push_back(
            std::to_string(one.at.line) + ":" + std::to_string(one.at.column) + ": " + one.text()
        );
    }
    return out;
}

} // namespace gatehouse::testing_support
