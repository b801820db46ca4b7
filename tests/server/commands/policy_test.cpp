#include "policy/document/parse.h"
#include "server/commands/policy_validate.h"
#include "server/commands/root.h"
#include "tests/support/policy_text.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using testing_support::policy_text_with;

struct outcome {
    int status = 0;
    std::string output;
    std::string messages;
};

outcome run_with(std::vector<std::string> arguments) {
    std::vector<const char*> pointers = {"gatehouse"};
    for (const std::string& argument : arguments) {
        pointers.push_back(argument.c_str());
    }
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    outcome out;
    out.status = run(static_cast<int>(pointers.size()), pointers.data());
    out.output = testing::internal::GetCapturedStdout();
    out.messages = testing::internal::GetCapturedStderr();
    return out;
}

class PolicyValidate : public testing::Test {
  protected:
    testing_support::temp_dir dir_;
};

TEST_F(PolicyValidate, SaysThatAllIsWell) {
    const outcome one =
        run_with({"policy", "validate", dir_.write("a.yaml", policy_text_with(""))});
    EXPECT_EQ(one.status, 0);
    EXPECT_EQ(one.output, "1 policy in 1 file: valid\n");
    EXPECT_EQ(one.messages, "");
}

TEST_F(PolicyValidate, ReadsDirectoriesAndManyDocuments) {
    std::string other = policy_text_with("");
    other.replace(other.find("name: p"), 7, "name: q");
    std::string third = policy_text_with("");
    third.replace(third.find("name: p"), 7, "name: r");
    dir_.write("d/a.yaml", policy_text_with("") + "---\n" + other);
    dir_.write("d/b.json", R"({"apiVersion": "gatehouse.dev/v1alpha1", "kind": "AdmissionPolicy",
        "metadata": {"name": "j"}, "spec": {"images": {"requireDigest": true}}})");
    const outcome all = run_with({"policy", "validate", dir_ / "d", dir_.write("c.yaml", third)});
    EXPECT_EQ(all.output, "4 policies in 3 files: valid\n");
    EXPECT_EQ(all.status, 0);
}

constexpr std::string_view configuration =
    "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n";

TEST_F(PolicyValidate, ReadsConfigurationsToo) {
    const std::string alone = dir_.write("c.yaml", std::string(configuration));
    const outcome one = run_with({"policy", "validate", alone});
    EXPECT_EQ(one.output, "1 configuration in 1 file: valid\n");
    EXPECT_EQ(one.status, 0);
    const outcome both =
        run_with({"policy", "validate", alone, dir_.write("a.yaml", policy_text_with(""))});
    EXPECT_EQ(both.output, "1 policy and 1 configuration in 2 files: valid\n");
    const outcome json = run_with({"policy", "validate", "-o", "json", alone});
    EXPECT_EQ(nlohmann::json::parse(json.output)["configurations"], 1);
    const std::string bad =
        dir_.write("bad.yaml", std::string(configuration) + "cache: {tagTtl: 1s}\n");
    const outcome wrong = run_with({"policy", "validate", bad});
    EXPECT_EQ(wrong.output, bad + ":3:9: cache.tagTtl: unknown field; did you mean tagTTL?\n");
    EXPECT_EQ(wrong.status, 2);
}

std::string policy_with_key(const std::string& file) {
    return policy_text_with(
        "  signatures:\n  - name: a\n    images: [a/b]\n    authorities: [{name: x, keys: [{file: "
        + file + "}]}]\n"
    );
}

TEST_F(PolicyValidate, WarnsOfKeyFilesThatAreNotHere) {
    const std::string key = dir_ / "absent.pem";
    const std::string policy = dir_.write("a.yaml", policy_with_key(key));
    const outcome one = run_with({"policy", "validate", policy});
    EXPECT_EQ(one.status, 0);
    EXPECT_EQ(
        one.output,
        policy + ":9:43: warning: spec.signatures[0].authorities[0].keys[0].file: " + key
            + ": No such file or directory; the server will need it\n1 policy in 1 file: valid\n"
    );
}

TEST_F(PolicyValidate, RefusesKeyFilesThatHoldNoPublicKey) {
    const std::string key = dir_.write("k.pem", "none");
    const std::string policy = dir_.write("a.yaml", policy_with_key(key));
    const outcome one = run_with({"policy", "validate", policy});
    EXPECT_EQ(one.status, 2);
    EXPECT_EQ(
        one.output,
        policy + ":9:43: spec.signatures[0].authorities[0].keys[0].file: " + key
            + ": is not a public key in PEM form (-----BEGIN PUBLIC KEY-----)\n"
    );
}

TEST_F(PolicyValidate, PrintsEveryErrorThenWarnings) {
    const std::string a =
        dir_.write("a.yaml", policy_text_with("  exemptions:\n  - {images: [\"*.example/x\"]}\n"));
    const std::string b = dir_.write("b.yaml", "kind: [\n---\n1\n");
    const outcome all = run_with({"policy", "validate", a, b});
    EXPECT_EQ(all.status, 2);
    EXPECT_EQ(
        all.output,
        a + ":7:5: spec.exemptions[0].name: is required\n" + a
            + ":7:5: spec.exemptions[0].rules: is required\n" + a
            + ":7:5: spec.exemptions[0].until: is required\n" + a
            + ":7:5: spec.exemptions[0].reason: is required\n" + b
            + ":2:1: not valid YAML: expected `,` or `]` here\n" + b
            + ":3:1: must be a mapping with apiVersion, kind, metadata and spec\n" + a
            + ":7:15: warning: spec.exemptions[0].images[0]: the host has a wildcard: whoever can "
              "name a registry like that is let in; write the hosts out\n"
    );
    EXPECT_EQ(all.messages, "");
}

TEST_F(PolicyValidate, WarningsAloneAreNoFailure) {
    const std::string file =
        dir_.write("a.yaml", testing_support::policy_with_spec("  images: {allow: [\"**\"]}\n"));
    const outcome warned = run_with({"policy", "validate", file});
    EXPECT_EQ(warned.status, 0);
    EXPECT_EQ(
        warned.output,
        file
            + ":5:20: warning: spec.images.allow[0]: the host has a wildcard: whoever can name a "
              "registry like that is let in; write the hosts out\n1 policy in 1 file: valid\n"
    );
}

TEST_F(PolicyValidate, TellsWhatItCannotReadAndGoesOn) {
    const std::string bad = dir_.write("bad.yaml", "[]");
    const outcome all = run_with({"policy", "validate", dir_ / "none.yaml", bad});
    EXPECT_EQ(all.status, 2);
    EXPECT_EQ(all.messages, "gatehouse: " + (dir_ / "none.yaml") + ": No such file or directory\n");
    EXPECT_EQ(
        all.output, bad + ":1:1: must be a mapping with apiVersion, kind, metadata and spec\n"
    );
}

TEST_F(PolicyValidate, AMissingFileBesideAGoodOneIsNotValid) {
    const std::string good = dir_.write("a.yaml", policy_text_with(""));
    const outcome all = run_with({"policy", "validate", good, dir_ / "none.yaml"});
    EXPECT_EQ(all.status, 2);
    EXPECT_EQ(all.output, "");
}

TEST_F(PolicyValidate, SaysItInJson) {
    const std::string good = dir_.write("a.yaml", policy_text_with(""));
    const outcome valid = run_with({"policy", "validate", "-o", "json", good});
    EXPECT_EQ(valid.status, 0);
    EXPECT_EQ(
        nlohmann::json::parse(valid.output),
        nlohmann::json::parse(R"({"valid": true, "policies": ["p"], "errors": [], "warnings": []})")
    );
    const std::string bad = dir_.write("b.yaml", "[]");
    const outcome invalid = run_with({"policy", "validate", "--output=json", bad, dir_ / "none"});
    EXPECT_EQ(invalid.status, 2);
    const nlohmann::json said = nlohmann::json::parse(invalid.output);
    EXPECT_EQ(said["valid"], false);
    EXPECT_EQ(
        said["errors"][0],
        (nlohmann::json{
            {"source", bad},
            {"line", 1},
            {"column", 1},
            {"field", ""},
            {"message", "must be a mapping with apiVersion, kind, metadata and spec"}})
    );
    EXPECT_EQ(
        said["errors"][1],
        (nlohmann::json{{"message", (dir_ / "none") + ": No such file or directory"}})
    );
}

TEST_F(PolicyValidate, TakesTheExamplesThatAreShipped) {
    const outcome one = run_with({"policy", "validate", GATEHOUSE_SOURCE "/deploy/policies"});
    EXPECT_EQ(one.status, 0);
    EXPECT_THAT(one.output, testing::EndsWith(" files: valid\n"));
    EXPECT_THAT(one.output, testing::Not(testing::HasSubstr("warning")));
}

TEST_F(PolicyValidate, RefusesBadUsage) {
    EXPECT_EQ(run_with({"policy"}).status, 2);
    EXPECT_EQ(run_with({"policy", "validate"}).status, 2);
    EXPECT_EQ(run_with({"policy", "validate", "-o", "xml", "x"}).status, 2);
}

TEST(PolicyPrintDefault, PrintsTheBuiltInPolicy) {
    const outcome printed = run_with({"policy", "print-default"});
    EXPECT_EQ(printed.status, 0);
    EXPECT_EQ(printed.output, policy::default_policy_text());
}

} // namespace
} // namespace gatehouse::server
