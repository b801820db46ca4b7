#pragma once
// A pod with a tag that a policy denies: the smallest finding, for tests of what decide() makes of findings.

#include <string>

namespace gatehouse::testing_support {

inline const std::string bad_tag = R"({"containers":[{"name":"app","image":"a:bad"}]})";
inline const std::string bad_tag_text =
    "spec.containers[0].image: container \"app\" image docker.io/library/a:bad has the denied tag "
    "bad; name a fixed version or a digest ";

/// The spec of a policy that denies it.
inline const std::string deny_bad = "images: {denyTags: [bad]}";

/// A policy as a YAML document, with this spec in flow form.
inline std::string policy_text(const std::string& name, const std::string& spec) {
    return "---\napiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {name: "
           + name + "}\nspec: {" + spec + "}\n";
}

} // namespace gatehouse::testing_support
