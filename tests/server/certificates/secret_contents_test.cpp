#include "server/certificates/secret_contents.h"

#include "server/base64_text.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using nlohmann::json;

json full_secret() {
    return {
        {"kind", "Secret"},
        {"type", "Opaque"},
        {"metadata",
         {{"name", "certs"},
          {"resourceVersion", "7"},
          {"labels", {{"app", "gatehouse"}}},
          {"annotations",
           {{"gatehouse.dev/phase", "steady"},
            {"gatehouse.dev/phase-since", "2026-08-01T12:00:00Z"},
            {"gatehouse.dev/rotate", "ca"},
            {"other", "kept"}}}}},
        {"data",
         {{"tls.crt", base64_text("leaf")},
          {"tls.key", base64_text("leaf key")},
          {"ca.crt", base64_text("bundle")},
          {"ca.key", base64_text("authority key")},
          {"other", "eA=="}}}};
}

TEST(SecretContents, AreWhatTheSecretHolds) {
    const auto read = contents_of(full_secret());
    ASSERT_TRUE(read);
    EXPECT_EQ(read.value().leaf, "leaf");
    EXPECT_EQ(read.value().leaf_key.reveal(), "leaf key");
    EXPECT_EQ(read.value().bundle, "bundle");
    EXPECT_EQ(read.value().authority_key.reveal(), "authority key");
    EXPECT_EQ(read.value().phase, "steady");
    EXPECT_EQ(read.value().since, "2026-08-01T12:00:00Z");
    EXPECT_EQ(read.value().rotate, "ca");
    EXPECT_FALSE(read.value().is_empty());
}

TEST(SecretContents, WrittenBackAreTheSecretAgain) {
    const auto read = contents_of(full_secret());
    EXPECT_EQ(with_contents(full_secret(), read.value()), full_secret());
}

TEST(SecretContents, KeepWhatElseTheSecretHas) {
    secret_contents contents;
    contents.leaf = "x";
    const json written = with_contents(full_secret(), contents);
    EXPECT_EQ(written.at("metadata").at("annotations"), (json{{"other", "kept"}}));
    EXPECT_EQ(written.at("metadata").at("resourceVersion"), "7");
    EXPECT_EQ(written.at("data").at("other"), "eA==");
    EXPECT_EQ(written.at("data").at("tls.crt"), base64_text("x"));
    EXPECT_EQ(written.at("data").at("ca.key"), "");
}

TEST(SecretContents, OfAnEmptySecretAreEmpty) {
    for (const json& one :
         {json{{"metadata", {{"name", "n"}}}},
          json{{"data", nullptr}},
          json{{"data", {{"tls.crt", ""}}}},
          json{{"metadata", {{"annotations", {{"gatehouse.dev/phase", "steady"}}}}}}}) {
        const auto read = contents_of(one);
        ASSERT_TRUE(read);
        EXPECT_TRUE(read.value().is_empty()) << one;
    }
}

TEST(SecretContents, NameTheFieldThatIsNotBase64) {
    json broken = full_secret();
    broken["data"]["ca.crt"] = "no base64!";
    const auto read = contents_of(broken);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().detail(), "ca.crt: is not base64");
}

} // namespace
} // namespace gatehouse::server
