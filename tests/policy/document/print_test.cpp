#include "policy/document/print.h"

#include "policy/document/parse.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

policy_document parsed(std::string_view text) {
    const std::vector<policy_source> sources = {{"p.yaml", std::string(text)}};
    parsed_policies out = parse_policies(sources);
    for (const diagnostic& error : out.errors) {
        ADD_FAILURE() << error.text();
    }
    return out.policies.empty() ? policy_document() : std::move(out.policies.front());
}

/// Every field, as the printer writes it.
constexpr std::string_view everything = R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: production.v1
spec:
  validationActions: [Warn, Audit]
  workloads: Deny
  match:
    namespaces:
    - "prod-*"
    - "1e3"
    - "yes"
    - "2027"
    excludeNamespaces:
    - kube-system
    serviceAccounts:
    - prod/web
    excludeUsers:
    - "ci:bootstrap"
    excludeGroups:
    - admins
  podSecurity:
    validationActions: [Deny, Audit]
    level: restricted
    version: v1.29
    exemptChecks:
    - hostPorts
    - seccompProfile_restricted
  runAs:
    validationActions: [Audit]
    runAsUser:
      rule: MustRunAs
      ranges:
      - {min: 10000, max: 19999}
      - {min: 30000, max: 2147483647}
    runAsGroup:
      rule: MayRunAs
      ranges:
      - {min: 0, max: 0}
    fsGroup:
      rule: RunAsAny
    supplementalGroups:
      rule: MustRunAs
      ranges:
      - {min: 1, max: 65535}
    supplementalGroupsPolicy: Strict
    imageUser: Resolve
    userNamespaces: Relax
  images:
    validationActions: [Warn]
    allow:
    - "reg.example:5000/core/**"
    - reg.example/$(namespace)/app
    deny:
    - "**/legacy/**"
    requireDigest: true
    denyTags:
    - latest
    - "*-snapshot"
  signatures:
  - name: release
    validationActions: [Audit]
    images:
    - "reg.example/core/**"
    excludeImages:
    - reg.example/core/x
    tags: Warn
    threshold: 2
    authorities:
    - name: kms
      keys:
      - file: /etc/gatehouse/keys/2025.pem
      - file: "/etc/gatehouse/keys/2026 .pem"
        hashAlgorithm: sha512
    - name: inline
      keys:
      - data: |
          -----BEGIN PUBLIC KEY-----
          MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE837JXrOBjlj9AcFn04UDl7q+W4SO
          tJjHGlKHI6DCvcZix5ZD6Jm7V85K3Y+SzUf71tNm/XXbDg0Q4R7z0yoMtg==
          -----END PUBLIC KEY-----
        hashAlgorithm: sha256
    signedIdentity: MatchRepository
    repository: registry.example.com/signatures
    annotations:
      dev.example/env: prod
      tier: "1"
  - name: open
    images:
    - "reg.example/open/**"
    tags: Allow
    authorities:
    - name: nobody
      static: Pass
  unsignedImages: Deny
  onRegistryUnavailable: Warn
  exemptions:
  - name: mesh
    images:
    - reg.example/mesh/proxyv2
    namespaces:
    - web
    rules:
    - image-registry
    - runAsNonRoot
    until: "2027-01-31"
    reason: "injected: uid 1337, \"ticket\" 4711 \u2028\u00e9\U0001f600\u007f #1"
  - name: forever
    namespaces:
    - dev
    rules:
    - hostPorts
    until: never
    reason: agreed
)";

constexpr std::string_view smallest = R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: p
spec:
  validationActions: [Deny]
  workloads: Warn
  runAs:
    runAsUser:
      rule: MustRunAsNonRoot
)";

TEST(PolicyText, OfEveryFieldIsWhatWasRead) {
    const std::string once = text_of(parsed(everything));
    EXPECT_EQ(text_of(parsed(once)), once);
    EXPECT_EQ(once, everything);
}

TEST(PolicyText, LeavesOutWhatIsNotThere) { EXPECT_EQ(text_of(parsed(smallest)), smallest); }

TEST(PolicyText, KeepsAnImagesSectionThatSaysNothing) {
    policy_document document = parsed(smallest);
    document.images.emplace();
    EXPECT_NE(text_of(document).find("\n  images: {}\n"), std::string::npos);
    EXPECT_TRUE(parsed(text_of(document)).images);
}

TEST(PolicyText, OfTheDefaultPolicyIsThatPolicy) {
    const std::string once = text_of(parsed(default_policy_text()));
    EXPECT_EQ(text_of(parsed(once)), once);
    EXPECT_NE(once.find("    level: restricted\n    version: latest\n"), std::string::npos);
}

TEST(PolicyText, KeepsKeysThatAreNoBlockOfLines) {
    policy_document document = parsed(everything);
    signing_key& key = document.signatures.at(0).authorities.at(1).keys.at(0);
    key.data.pop_back(); // no newline at the end
    EXPECT_EQ(
        parsed(text_of(document)).signatures.at(0).authorities.at(1).keys.at(0).data, key.data
    );
}

TEST(PolicyText, NamesIgnoredWorkloads) {
    policy_document document = parsed(smallest);
    document.workloads = template_mode::ignore;
    EXPECT_EQ(parsed(text_of(document)).workloads, template_mode::ignore);
}

TEST(PolicyText, WritesEveryWordThatIsNotADefault) {
    policy_document document = parsed(everything);
    document.signatures.at(1).authorities.at(0).fixed = static_decision::fail;
    document.unsigned_image = unsigned_images::warn;
    const policy_document back = parsed(text_of(document));
    EXPECT_EQ(back.signatures.at(1).authorities.at(0).fixed, static_decision::fail);
    EXPECT_EQ(back.unsigned_image, unsigned_images::warn);
    EXPECT_EQ(text_of(back), text_of(document));
}

TEST(PolicyText, HasAMatchForEachThingMatchedAlone) {
    const std::vector<std::string> matches = {
        "namespaces:\n    - a",
        "excludeNamespaces:\n    - a",
        "serviceAccounts:\n    - a/b",
        "excludeUsers:\n    - a",
        "excludeGroups:\n    - a"};
    for (const std::string& match : matches) {
        std::string text(smallest);
        text.insert(text.find("  runAs:"), "  match:\n    " + match + "\n");
        EXPECT_EQ(text_of(parsed(text)), text);
    }
}

} // namespace
} // namespace gatehouse::policy
