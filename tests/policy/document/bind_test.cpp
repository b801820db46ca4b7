#include "policy/document/bind.h"

#include "tests/support/demo_keys.h"
#include "tests/support/policy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::first_demo_key;
using testing_support::second_demo_key;
using testing_support::texts;

parsed_policies policies() {
    return testing_support::parsed(testing_support::policy_with_spec(R"(  signatures:
  - name: release
    images: [a/b]
    authorities:
    - name: kms
      keys:
      - file: /keys/a.pem
      - file: /keys/b.pem
  - name: other
    images: [a/c]
    authorities:
    - {name: kms, keys: [{file: /keys/a.pem}, {file: /keys/c.pem, hashAlgorithm: sha512}]}
)"));
}

TEST(KeyFiles, AreNamedOnce) {
    EXPECT_THAT(
        key_files(policies().policies), ElementsAre("/keys/a.pem", "/keys/b.pem", "/keys/c.pem")
    );
}

TEST(BindKeys, SetsEveryKey) {
    parsed_policies read = policies();
    const key_file_contents files = {
        {"/keys/a.pem", std::string(first_demo_key)},
        {"/keys/b.pem", std::string(second_demo_key)},
        {"/keys/c.pem", std::string(second_demo_key)},
    };
    const key_binding bound = bind_keys(read.policies, files);
    EXPECT_TRUE(bound.is_complete());
    const auto& entries = read.policies.at(0).signatures;
    const auto& first = entries.at(0).authorities.at(0).keys;
    const auto& second = entries.at(1).authorities.at(0).keys;
    ASSERT_NE(first.at(0).key, nullptr);
    ASSERT_NE(first.at(1).key, nullptr);
    ASSERT_NE(second.at(1).key, nullptr);
    EXPECT_EQ(first.at(0).key, second.at(0).key) << "one key in memory for one file";
    EXPECT_NE(first.at(0).key->fingerprint(), first.at(1).key->fingerprint());
    EXPECT_THAT(second.at(1).key->hashes(), ElementsAre(hash_algorithm::sha512));
}

TEST(BindKeys, TellsAtThePlaceWhatFailed) {
    parsed_policies read = policies();
    const key_file_contents files = {
        {"/keys/a.pem", error(errc::not_found, "No such file or directory")},
        {"/keys/b.pem",
         std::string("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")},
    };
    const key_binding bound = bind_keys(read.policies, files);
    EXPECT_FALSE(bound.is_complete());
    EXPECT_THAT(
        texts(bound.unreadable),
        ElementsAre(
            "p.yaml:11:15: spec.signatures[0].authorities[0].keys[0].file: /keys/a.pem: No such "
            "file or directory",
            "p.yaml:16:33: spec.signatures[1].authorities[0].keys[0].file: /keys/a.pem: No such "
            "file or directory",
            "p.yaml:16:54: spec.signatures[1].authorities[0].keys[1].file: /keys/c.pem: was not "
            "read"
        )
    );
    ASSERT_EQ(bound.errors.size(), 1U);
    const std::string text = bound.errors[0].text();
    EXPECT_THAT(
        text,
        testing::StartsWith(
            "p.yaml:12:15: spec.signatures[0].authorities[0].keys[1].file: /keys/b.pem: "
        )
    );
    EXPECT_THAT(text, testing::HasSubstr("private key"));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("c2VjcmV0")));
}

TEST(BindKeys, RefusesAKeyOfTwoAuthorities) {
    parsed_policies read =
        testing_support::parsed(testing_support::policy_with_spec(R"(  signatures:
  - name: release
    images: [a/b]
    threshold: 2
    authorities:
    - {name: one, keys: [{file: /keys/a.pem}]}
    - {name: two, keys: [{file: /keys/b.pem}]}
)"));
    ASSERT_THAT(texts(read.errors), IsEmpty());
    const key_file_contents files = {
        {"/keys/a.pem", std::string(first_demo_key)},
        {"/keys/b.pem", std::string(first_demo_key)},
    };
    EXPECT_THAT(
        texts(bind_keys(read.policies, files).errors),
        ElementsAre("p.yaml:11:33: spec.signatures[0].authorities[1].keys[0].file: is a key of the "
                    "authority one too: one signer would count as two")
    );
}

TEST(BindKeys, AllowsTheSameKeyTwiceInOneAuthority) {
    parsed_policies read = policies(); // as while a rotation is prepared
    const key_file_contents files = {
        {"/keys/a.pem", std::string(first_demo_key)},
        {"/keys/b.pem", std::string(first_demo_key)},
        {"/keys/c.pem", std::string(first_demo_key)},
    };
    EXPECT_TRUE(bind_keys(read.policies, files).is_complete());
}

} // namespace
} // namespace gatehouse::policy
