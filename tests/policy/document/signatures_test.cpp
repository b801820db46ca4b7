#include "policy/document/parse.h"
#include "tests/support/case_name.h"
#include "tests/support/demo_keys.h"
#include "tests/support/policy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing_support::errors_of;
using testing_support::first_demo_key;
using testing_support::in_quotes;
using testing_support::parsed;
using testing_support::policy_with_spec;
using testing_support::second_demo_key;

const std::string key_1 = in_quotes(first_demo_key);
const std::string key_2 = in_quotes(second_demo_key);
const std::string x25519_key =
    in_quotes("-----BEGIN PUBLIC "
              "KEY-----\nMCowBQYDK2VuAyEA1DHAEzi2IKfDsA5yeKd2l4OQkAN5mfmYousNntNcX3s=\n-----END "
              "PUBLIC KEY-----\n");

TEST(PolicySignatures, AreRead) {
    const parsed_policies read = parsed(policy_with_spec(R"(  signatures:
  - name: release
    validationActions: [Warn]
    images: ["*.example/core/**"]
    excludeImages: [reg.example/core/x]
    tags: Allow
    threshold: 2
    authorities:
    - name: kms
      keys:
      - {file: /etc/gatehouse/keys/2025.pem, hashAlgorithm: sha384}
      - {file: /etc/gatehouse/keys/2026.pem}
    - name: inline
      keys: [{data: )" + key_1 + R"(}]
    signedIdentity: MatchRepository
    repository: Registry.Example.com:443/signatures
    annotations: {env: prod, tier: 010}
  - name: open
    images: [reg.example/open]
    authorities: [{name: nobody, static: Fail}]
  unsignedImages: Deny
  onRegistryUnavailable: Warn
)"));
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    EXPECT_THAT(testing_support::texts(read.warnings), IsEmpty());
    const policy_document& policy = read.policies.at(0);
    EXPECT_EQ(policy.unsigned_image, unsigned_images::deny);
    EXPECT_EQ(policy.on_registry_unavailable, on_unavailable::warn);
    ASSERT_EQ(policy.signatures.size(), 2U);
    const signature_entry& entry = policy.signatures[0];
    EXPECT_EQ(entry.name, "release");
    EXPECT_EQ(entry.validation_actions, (actions{.deny = false, .warn = true, .audit = false}));
    EXPECT_EQ(entry.images.summary(), "*.example/core/**");
    EXPECT_EQ(entry.exclude_images.summary(), "reg.example/core/x");
    EXPECT_EQ(entry.tags, tag_mode::allow);
    EXPECT_EQ(entry.threshold, 2U);
    EXPECT_TRUE(entry.match_repository);
    EXPECT_EQ(entry.repository, "registry.example.com/signatures");
    EXPECT_THAT(
        entry.annotations, ElementsAre(testing::Pair("env", "prod"), testing::Pair("tier", "010"))
    );
    ASSERT_EQ(entry.authorities.size(), 2U);
    EXPECT_EQ(entry.authorities[0].name, "kms");
    const signing_key& file = entry.authorities[0].keys.at(0);
    EXPECT_EQ(file.file, "/etc/gatehouse/keys/2025.pem");
    EXPECT_EQ(file.hash, hash_algorithm::sha384);
    EXPECT_EQ(file.source, "p.yaml");
    EXPECT_EQ(file.at, (position{15, 16}));
    EXPECT_EQ(file.field, "spec.signatures[0].authorities[0].keys[0].file");
    EXPECT_EQ(file.key, nullptr) << "files are bound later";
    const signing_key& data = entry.authorities[1].keys.at(0);
    EXPECT_EQ(data.data, first_demo_key);
    ASSERT_NE(data.key, nullptr);
    EXPECT_EQ(data.key->type(), key_type::ecdsa_p256);
    EXPECT_FALSE(data.hash);
    EXPECT_EQ(policy.signatures[1].authorities.at(0).fixed, static_decision::fail);
}

TEST(PolicySignatures, HaveDefaults) {
    const parsed_policies read = parsed(policy_with_spec(
        "  signatures:\n  - name: a\n    images: [a/b]\n    authorities:\n    - {name: x, keys: "
        "[{file: /k}]}\n"
    ));
    ASSERT_THAT(testing_support::texts(read.errors), IsEmpty());
    const policy_document& policy = read.policies.at(0);
    EXPECT_EQ(policy.unsigned_image, unsigned_images::allow);
    EXPECT_EQ(policy.on_registry_unavailable, on_unavailable::deny);
    const signature_entry& entry = policy.signatures.at(0);
    EXPECT_EQ(entry.tags, tag_mode::deny);
    EXPECT_EQ(entry.threshold, 1U);
    EXPECT_FALSE(entry.match_repository);
    EXPECT_FALSE(entry.validation_actions);
    EXPECT_EQ(entry.repository, "");
}

struct signatures_case {
    std::string name;
    std::string lines; ///< of an entry, from line 8 on
    std::vector<std::string> errors;
};

class PolicySignaturesErrors : public testing::TestWithParam<signatures_case> {};

TEST_P(PolicySignaturesErrors, AreToldAtTheirPlace) {
    const std::string head = "  signatures:\n  - name: a\n    images: [a/b]\n";
    EXPECT_THAT(
        errors_of(policy_with_spec(head + GetParam().lines)), ElementsAreArray(GetParam().errors)
    );
}

/// An entry with one authority of these fields.
std::string authority_of(const std::string& fields) {
    return "    authorities: [{name: x, " + fields + "}]\n";
}

const std::string good = authority_of("keys: [{file: /k}]");

INSTANTIATE_TEST_SUITE_P(
    Entries,
    PolicySignaturesErrors,
    testing::Values(
        signatures_case{"Good", good, {}},
        signatures_case{"NoAuthorities", "", {"6:5: spec.signatures[0].authorities: is required"}},
        signatures_case{
            "EmptyAuthorities",
            "    authorities: []\n",
            {"8:18: spec.signatures[0].authorities: must not be an empty list"}},
        signatures_case{
            "NoImages",
            good + "  - name: b\n" + good,
            {"9:5: spec.signatures[1].images: is required"}},
        signatures_case{
            "EmptyImages",
            good + "  - name: b\n    images: []\n" + good,
            {"10:13: spec.signatures[1].images: must not be an empty list"}},
        signatures_case{
            "SameName",
            good + "  - name: a\n    images: [a/c]\n" + good,
            {"9:11: spec.signatures[1].name: \"a\" is the name of another signatures entry too, in "
             "line 6"}},
        signatures_case{
            "NameIsNone",
            good + "  - name: a b\n    images: [a/c]\n" + good,
            {"9:11: spec.signatures[1].name: \"a b\" is not a name: letters, digits, \"-\", \"_\" "
             "and \".\", with a letter or digit at both ends"}},
        signatures_case{
            "ThresholdOfZero",
            "    threshold: 0\n" + good,
            {"8:16: spec.signatures[0].threshold: must be a whole number from 1 to 64, not "
             "\"0\""}},
        signatures_case{
            "ThresholdOutOfReach",
            "    threshold: 2\n" + good,
            {"8:16: spec.signatures[0].threshold: 2 can never be reached: the entry has one "
             "authority"}},
        signatures_case{
            "Tags",
            "    tags: Ignore\n" + good,
            {"8:11: spec.signatures[0].tags: \"Ignore\" is unknown; it may be Deny, Warn, Allow"}},
        signatures_case{
            "Attestations",
            good + "    attestations: []\n",
            {"9:5: spec.signatures[0].attestations: not supported yet"}},
        signatures_case{
            "ExcludeWithAWildcardHostIsOnlyWarnedOf",
            "    excludeImages: [\"*.example/a\"]\n" + good,
            {}},
        signatures_case{
            "RepositoryWithATag",
            "    repository: reg.example/sigs:1\n" + good,
            {"8:17: spec.signatures[0].repository: \"reg.example/sigs:1\" has a tag; write a "
             "registry and repository alone, such as registry.example.com/signatures"}},
        signatures_case{
            "RepositoryWithADigest",
            "    repository: reg.example/sigs@sha256:0\n" + good,
            {"8:17: spec.signatures[0].repository: \"reg.example/sigs@sha256:0\" has a digest; "
             "write a registry and repository alone, such as registry.example.com/signatures"}},
        signatures_case{
            "RepositoryIsNone",
            "    repository: reg.example/Sigs\n" + good,
            {"8:17: spec.signatures[0].repository: \"reg.example/Sigs\" is no registry and "
             "repository: the path segment \"Sigs\" has upper case; paths are lower case"}},
        signatures_case{
            "AnnotationsAreAMap",
            "    annotations: [a]\n" + good,
            {"8:18: spec.signatures[0].annotations: must be a mapping of names to texts, not a "
             "list"}},
        signatures_case{
            "AnnotationIsAMapping",
            "    annotations: {a: {b: c}}\n" + good,
            {"8:22: spec.signatures[0].annotations.a: must be one value, not a mapping"}},
        signatures_case{
            "AnnotationTwice",
            "    annotations: {a: b, a: c}\n" + good,
            {"8:25: spec.signatures[0].annotations.a: is given twice; first in line 8"}},
        signatures_case{
            "AnnotationWithoutAName",
            "    annotations: {\"\": b}\n" + good,
            {"8:19: spec.signatures[0].annotations: a name has 1 to 256 characters"}},
        signatures_case{
            "AnnotationsThatHaveNoNames",
            "    annotations: {? [a] : b, <<: {c: d}, " + std::string(256, 'n') + ": e, "
                + std::string(257, 'n') + ": f}\n" + good,
            {"8:21: spec.signatures[0].annotations: the name of a field must be one text",
             "8:30: spec.signatures[0].annotations: merge keys (\"<<\") are not supported; write "
             "the fields out",
             "8:303: spec.signatures[0].annotations: a name has 1 to 256 characters"}}
    ),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Authorities,
    PolicySignaturesErrors,
    testing::Values(
        signatures_case{
            "SameName",
            "    authorities:\n    - {name: x, keys: [{file: /k}]}\n    - {name: x, keys: [{file: "
            "/l}]}\n",
            {"10:14: spec.signatures[0].authorities[1].name: \"x\" is the name of another "
             "authority too, in line 9"}},
        signatures_case{
            "Nothing",
            "    authorities: [{name: x}]\n",
            {"8:19: spec.signatures[0].authorities[0]: needs keys or static"}},
        signatures_case{
            "Both",
            authority_of("keys: [{file: /k}], static: Pass"),
            {"8:19: spec.signatures[0].authorities[0]: has both keys and static; leave one out"}},
        signatures_case{
            "Keyless",
            authority_of("keyless: {}"),
            {"8:29: spec.signatures[0].authorities[0].keyless: not supported yet"}},
        signatures_case{
            "StaticWithAnother",
            "    authorities: [{name: x, static: Pass}, {name: y, keys: [{file: /k}]}]\n",
            {"8:29: spec.signatures[0].authorities[0].static: must stand alone: its entry has "
             "other authorities"}},
        signatures_case{
            "StaticWithDemands",
            "    signedIdentity: Any\n    repository: a.example/b\n    annotations: {a: b}\n"
                + authority_of("static: Pass"),
            {"8:5: spec.signatures[0].signedIdentity: says nothing beside a static authority, "
             "which reads no signature",
             "9:5: spec.signatures[0].repository: says nothing beside a static authority, which "
             "reads no signature",
             "10:5: spec.signatures[0].annotations: says nothing beside a static authority, which "
             "reads no signature"}},
        signatures_case{
            "RepositoryWithCredentials",
            "    repository: u:secretpw@reg.example/sigs\n" + good,
            {"8:17: spec.signatures[0].repository: must not hold credentials; write a registry and "
             "repository alone, such as registry.example.com/signatures"}},
        signatures_case{
            "KeyWithNothing",
            authority_of("keys: [{hashAlgorithm: sha256}]"),
            {"8:36: spec.signatures[0].authorities[0].keys[0]: needs file or data"}},
        signatures_case{
            "KeyWithBoth",
            authority_of("keys: [{file: /k, data: x}]"),
            {"8:36: spec.signatures[0].authorities[0].keys[0]: has both file and data; leave one "
             "out"}},
        signatures_case{
            "FileTwice",
            authority_of("keys: [{file: /k}, {file: /k}]"),
            {"8:55: spec.signatures[0].authorities[0].keys[1].file: is listed twice"}},
        signatures_case{
            "RelativeFile",
            authority_of("keys: [{file: keys/a.pem}]"),
            {"8:43: spec.signatures[0].authorities[0].keys[0].file: must be an absolute path of "
             "one line, not \"keys/a.pem\""}},
        signatures_case{
            "UnknownHash",
            authority_of("keys: [{file: /k, hashAlgorithm: sha1}]"),
            {"8:62: spec.signatures[0].authorities[0].keys[0].hashAlgorithm: \"sha1\" is unknown; "
             "it may be sha256, sha384, sha512, sm3"}},
        signatures_case{
            "NoKey",
            authority_of("keys: [{data: secret}]"),
            {"8:43: spec.signatures[0].authorities[0].keys[0].data: is not a public key in PEM "
             "form (-----BEGIN PUBLIC KEY-----)"}},
        signatures_case{
            "UnsupportedKey",
            authority_of("keys: [{data: " + x25519_key + "}]"),
            {"8:43: spec.signatures[0].authorities[0].keys[0].data: is a key of an unsupported "
             "algorithm (X25519); ECDSA, RSA, Ed25519 and SM2 keys can be used"}},
        signatures_case{
            "SharedKey",
            "    authorities:\n    - {name: x, keys: [{data: " + key_2 + "}, {data: " + key_1
                + "}]}\n    - {name: y, keys: [{data: " + key_1 + "}]}\n",
            {"10:31: spec.signatures[0].authorities[1].keys[0].data: is a key of the authority x "
             "too: one signer would count as two"}}
    ),
    testing_support::case_name()
);

class PrivateKeyInAPolicy : public testing::TestWithParam<signatures_case> {};

// The lines of a private key that was made for this test.
const std::string first_line = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJLV0Euny/VACvfhx";
const std::string second_line = "VLM+0CWrxExwc41YD4mRiVEaz7ihRANCAASIUB12jv0dIzy9ciYBXn+Gm3vc3i+u";
const std::string third_line = "0EtEopPk7iWv0y1qU+yy9cGPhhA5Bd+qAtDXN29a3LrQK0G/gM+Lo94o";
const std::string body = first_line + second_line + third_line;
const std::string private_key = "\"-----BEGIN PRIVATE KEY-----\\n" + first_line + "\\n"
                                + second_line + "\\n" + third_line
                                + "\\n-----END PRIVATE KEY-----\\n\"";

TEST_P(PrivateKeyInAPolicy, IsRefusedWithoutBeingShown) {
    const std::string head = "  signatures:\n  - name: a\n    images: [a/b]\n";
    const std::vector<std::string> errors = errors_of(policy_with_spec(head + GetParam().lines));
    EXPECT_THAT(errors, ElementsAreArray(GetParam().errors));
    for (const std::string& error : errors) {
        for (std::size_t at = 0; at + 12 <= body.size(); at += 4) {
            EXPECT_THAT(error, testing::Not(testing::HasSubstr(body.substr(at, 12))));
        }
    }
}

const std::string authority_path = "spec.signatures[0].authorities[0].";

INSTANTIATE_TEST_SUITE_P(
    Places,
    PrivateKeyInAPolicy,
    testing::Values(
        signatures_case{
            "Data",
            authority_of("keys: [{data: " + private_key + "}]"),
            {"8:43: " + authority_path
             + "keys[0].data: is a private key: give the public key, which `openssl pkey -in FILE "
               "-pubout` prints, and replace the pair if others may read this text"}},
        signatures_case{
            "File",
            authority_of("keys: [{file: " + private_key + "}]"),
            {"8:43: " + authority_path
             + "keys[0].file: must be an absolute path of one line, not a PEM block"}},
        signatures_case{
            "Key",
            authority_of("keys: [" + private_key + "]"),
            {"8:36: " + authority_path + "keys[0]: must be a mapping of fields, not a PEM block"}},
        signatures_case{
            "KeyTwice",
            authority_of("keys: [" + private_key + ", " + private_key + "]"),
            {"8:36: " + authority_path + "keys[0]: must be a mapping of fields, not a PEM block",
             "8:286: " + authority_path + "keys[1]: must be a mapping of fields, not a PEM block",
             "8:286: " + authority_path + "keys[1]: a PEM block is listed twice; first in line 8"}},
        signatures_case{
            "Keys",
            authority_of("keys: " + private_key),
            {"8:35: " + authority_path + "keys: must be a list, not a PEM block"}},
        signatures_case{
            "Static",
            authority_of("static: " + private_key),
            {"8:37: " + authority_path + "static: a PEM block is unknown; it may be Pass, Fail"}},
        signatures_case{
            "BodyAlone",
            authority_of("keys: [{file: " + body + "}]"),
            {"8:43: " + authority_path
             + "keys[0].file: must be an absolute path of one line, not 184 characters that may be "
               "a key (not shown)"}},
        signatures_case{
            "BodyAsAHash",
            authority_of("keys: [{file: /k, hashAlgorithm: " + first_line + "}]"),
            {"8:62: " + authority_path
             + "keys[0].hashAlgorithm: 64 characters that may be a key (not shown) is unknown; it "
               "may be sha256, sha384, sha512, sm3"}},
        signatures_case{
            "BodyAsAField",
            authority_of("keys: [{" + first_line + ": x, file: /k}]"),
            {"8:37: " + authority_path
             + "keys[0].<64 characters that may be a key (not shown)>: unknown field; known here: "
               "file, data, hashAlgorithm"}},
        signatures_case{
            "BodyAsAnImage",
            "    excludeImages: [" + second_line + "]\n" + authority_of("static: Pass"),
            {"8:21: spec.signatures[0].excludeImages[0]: must not be 64 characters that may be a "
             "key (not shown)"}},
        signatures_case{
            "LineByLine",
            "    authorities:\n    - name: x\n      keys:\n      - -----BEGIN PRIVATE KEY-----\n"
            "      - "
                + first_line + "\n      - " + second_line + "\n      - " + third_line + "\n",
            {"11:9: " + authority_path + "keys[0]: must be a mapping of fields, not a PEM block",
             "12:9: " + authority_path
                 + "keys[1]: must be a mapping of fields, not 64 characters that may be a key (not "
                   "shown)",
             "13:9: " + authority_path
                 + "keys[2]: must be a mapping of fields, not 64 characters that may be a key (not "
                   "shown)",
             "14:9: " + authority_path
                 + "keys[3]: must be a mapping of fields, not 56 characters that may be a key (not "
                   "shown)"}}
    ),
    testing_support::case_name()
);

TEST(PolicySignatures, AreBounded) {
    std::string authorities = "    authorities:\n";
    for (int i = 0; i < 65; ++i) {
        authorities += "    - {name: x" + std::to_string(i) + ", keys: [{file: /k}]}\n";
    }
    std::string annotations = "    annotations:\n";
    for (int i = 0; i < 65; ++i) {
        annotations += "      a" + std::to_string(i) + ": b\n";
    }
    EXPECT_THAT(
        errors_of(policy_with_spec(
            "  signatures:\n  - name: a\n    images: [a/b]\n" + authorities + annotations
        )),
        ElementsAre(
            "9:5: spec.signatures[0].authorities: has 65 items; at most 64 are allowed",
            "75:7: spec.signatures[0].annotations: has 65 entries; at most 64 are allowed"
        )
    );
}

} // namespace
} // namespace gatehouse::policy
