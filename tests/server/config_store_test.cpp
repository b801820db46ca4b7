#include "server/config_store.h"

#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using testing_support::fake_clock;
using testing_support::make_leaf;
using testing_support::temp_dir;
using testing_support::test_pair;

std::string policy_named(const std::string& name) {
    return "apiVersion: gatehouse.dev/v1alpha1\n"
           "kind: AdmissionPolicy\n"
           "metadata:\n"
           "  name: "
           + name
           + "\n"
             "spec:\n"
             "  images:\n"
             "    denyTags: [latest]\n";
}

const test_pair& authority() {
    static const test_pair made = testing_support::make_authority("ca");
    return made;
}

/// A store over a directory; time passes in steps of half a second, one look each.
class ConfigStore : public testing::Test {
  protected:
    std::vector<std::string> names(const load_report& report) const {
        std::vector<std::string> all;
        for (const auto& one : report.made->policies->all()) {
            all.push_back(one.name);
        }
        return all;
    }

    /// Looks until there is a report or that long has passed.
    std::optional<load_report> poll_for(
        config_store& store,
        std::chrono::milliseconds limit = 10s
    ) {
        for (auto passed = 0ms; passed < limit; passed += 500ms) {
            time_.advance(500ms);
            if (auto report = store.poll()) {
                return report;
            }
        }
        return std::nullopt;
    }

    test_pair leaf(std::chrono::hours valid_for = 24h) const {
        return make_leaf(authority(), time_.now(), {.usage = "serverAuth", .valid_for = valid_for});
    }

    /// The paths of a pair that is in the directory now.
    tls_files place(const test_pair& pair) const {
        return {dir_.replace("tls.crt", pair.certificate), dir_.replace("tls.key", pair.key)};
    }

    /// Writes files as a kubelet mounts a ConfigMap or Secret: a symbolic link swapped in one step.
    void mount(
        const std::string& version,
        const std::vector<std::pair<std::string, std::string>>& files
    ) const {
        for (const auto& [name, text] : files) {
            dir_.write("mount/.." + version + "/" + name, text);
        }
        const fs::path mounted = dir_.path() / "mount";
        fs::create_symlink(".." + version, mounted / "..data_tmp");
        fs::rename(mounted / "..data_tmp", mounted / "..data");
        for (const auto& [name, text] : files) {
            if (!fs::is_symlink(mounted / name)) {
                fs::create_symlink(fs::path("..data") / name, mounted / name);
            }
        }
    }

    temp_dir dir_;
    fake_clock time_;
};

TEST_F(ConfigStore, WithoutFilesHasTheBuiltInPolicyAndItsOwnCertificate) {
    config_store store({}, time_);
    const load_report first = store.load();
    ASSERT_NE(first.made, nullptr);
    EXPECT_THAT(names(first), ElementsAre("default"));
    EXPECT_EQ(first.made->loaded, time_.now());
    EXPECT_EQ(first.made->tls->not_after(), time_.now() + std::chrono::days(365));
    EXPECT_EQ(poll_for(store), std::nullopt);
    time_.advance(1h);
    EXPECT_EQ(store.load().made->tls->not_after(), first.made->tls->not_after());
}

TEST_F(ConfigStore, TellsEveryErrorOfEveryFile) {
    const std::string bad = dir_.write("bad.yaml", policy_named("a") + "  nonsense: 1\n");
    config_store store(
        {{bad, dir_ / "absent.yaml"}, tls_files{dir_ / "no.crt", dir_ / "no.key"}, dir_ / "no.ca"},
        time_
    );
    const load_report report = store.load();
    EXPECT_EQ(report.made, nullptr);
    EXPECT_THAT(
        report.policy_errors,
        ElementsAre(
            (dir_ / "absent.yaml") + ": No such file or directory",
            StartsWith(bad + ":8:3: spec.nonsense: ")
        )
    );
    EXPECT_THAT(
        report.certificate_errors,
        ElementsAre(
            (dir_ / "no.crt") + ": No such file or directory",
            (dir_ / "no.key") + ": No such file or directory",
            (dir_ / "no.ca") + ": No such file or directory"
        )
    );
}

TEST_F(ConfigStore, ReadsAChangeWhenItHasSettled) {
    const std::string file = dir_.write("p.yaml", policy_named("before"));
    config_store store({{file}, {}, {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    EXPECT_EQ(store.poll(), std::nullopt);
    dir_.write("p.yaml", policy_named("a-name-of-another-length"));
    EXPECT_EQ(store.poll(), std::nullopt);
    time_.advance(999ms);
    EXPECT_EQ(store.poll(), std::nullopt);
    time_.advance(1ms);
    const auto report = store.poll();
    ASSERT_TRUE(report && report->made);
    EXPECT_THAT(names(*report), ElementsAre("a-name-of-another-length"));
    EXPECT_EQ(poll_for(store), std::nullopt);
}

TEST_F(ConfigStore, WaitsAgainWhenTheChangeGoesOn) {
    const std::string file = dir_.write("p.yaml", policy_named("a"));
    config_store store({{file}, {}, {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    dir_.write("p.yaml", policy_named("ab"));
    EXPECT_EQ(store.poll(), std::nullopt);
    time_.advance(900ms);
    dir_.write("p.yaml", policy_named("abc"));
    EXPECT_EQ(store.poll(), std::nullopt);
    time_.advance(900ms);
    EXPECT_EQ(store.poll(), std::nullopt);
    time_.advance(100ms);
    EXPECT_THAT(names(*store.poll()), ElementsAre("abc"));
}

TEST_F(ConfigStore, LosesPatienceWithFilesThatNeverRest) {
    const std::string file = dir_.write("p.yaml", policy_named("a"));
    config_store store({{file}, {}, {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    std::string name = "a";
    std::optional<load_report> report;
    auto waited = 0ms;
    for (; !report && waited < 10s; waited += 500ms) {
        dir_.write("p.yaml", policy_named(name += "a"));
        report = store.poll();
        time_.advance(500ms);
    }
    ASSERT_TRUE(report);
    EXPECT_LE(waited, 4s);
}

TEST_F(ConfigStore, LoadsAtOnceWhenAsked) {
    const std::string file = dir_.write("p.yaml", policy_named("a"));
    config_store store({{file}, {}, {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    dir_.replace("p.yaml", policy_named("b"));
    EXPECT_THAT(names(store.load()), ElementsAre("b"));
    EXPECT_EQ(poll_for(store), std::nullopt);
}

TEST_F(ConfigStore, SeesASwappedMount) {
    mount("one", {{"policy.yaml", policy_named("one")}});
    config_store store({{dir_ / "mount"}, {}, {}}, time_);
    EXPECT_THAT(names(store.load()), ElementsAre("one"));
    mount("two", {{"policy.yaml", policy_named("two")}});
    fs::remove_all(dir_.path() / "mount" / "..one");
    const auto report = poll_for(store);
    ASSERT_TRUE(report && report->made);
    EXPECT_THAT(names(*report), ElementsAre("two"));
}

TEST_F(ConfigStore, SeesAFileAddedToADirectoryAndOneTakenAway) {
    dir_.write("policies/b.yaml", policy_named("b"));
    config_store store({{dir_ / "policies"}, {}, {}}, time_);
    EXPECT_THAT(names(store.load()), ElementsAre("b"));
    dir_.write("policies/a.yaml", policy_named("a"));
    EXPECT_THAT(names(*poll_for(store)), ElementsAre("a", "b"));
    fs::remove(dir_ / "policies/b.yaml");
    EXPECT_THAT(names(*poll_for(store)), ElementsAre("a"));
}

TEST_F(ConfigStore, TellsAnEmptiedAndARemovedFileOnceEach) {
    const std::string file = dir_.write("p.yaml", policy_named("a"));
    config_store store({{file}, {}, {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    dir_.write("p.yaml", "");
    auto report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->made, nullptr);
    EXPECT_EQ(report->policy_errors.size(), 1U);
    EXPECT_EQ(poll_for(store), std::nullopt);
    fs::remove(file);
    report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->made, nullptr);
    EXPECT_THAT(report->policy_errors, ElementsAre(file + ": No such file or directory"));
    EXPECT_EQ(poll_for(store), std::nullopt);
    dir_.write("p.yaml", policy_named("again"));
    EXPECT_THAT(names(*poll_for(store)), ElementsAre("again"));
}

TEST_F(ConfigStore, TriesAPairAgainWhenItsOtherHalfHasCome) {
    const test_pair next = leaf();
    config_store store({{}, place(leaf()), {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    dir_.replace("tls.crt", next.certificate);
    auto report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->made, nullptr);
    EXPECT_THAT(report->policy_errors, IsEmpty());
    EXPECT_THAT(
        report->certificate_errors,
        ElementsAre(
            (dir_ / "tls.key") + ": the private key does not match the certificate "
            + (dir_ / "tls.crt")
        )
    );
    EXPECT_EQ(poll_for(store), std::nullopt);
    dir_.replace("tls.key", next.key);
    report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_NE(report->made, nullptr);
}

TEST_F(ConfigStore, TellsNothingOfAPairThatIsWholeInTime) {
    const test_pair next = leaf();
    config_store store({{}, place(leaf()), {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    dir_.replace("tls.crt", next.certificate);
    EXPECT_EQ(store.poll(), std::nullopt);
    time_.advance(700ms);
    dir_.replace("tls.key", next.key);
    const auto report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_NE(report->made, nullptr);
}

TEST_F(ConfigStore, KeepsAValidCertificateRatherThanAnEndedOne) {
    config_store store({{}, place(leaf()), {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    place(leaf(-1h));
    const auto report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->made, nullptr);
    EXPECT_THAT(
        report->certificate_errors,
        ElementsAre((dir_ / "tls.crt") + ": the certificate ended at 2026-08-01T11:00:00Z")
    );
}

TEST_F(ConfigStore, StartsWithAnEndedCertificate) {
    config_store store({{}, place(leaf(-1h)), {}}, time_);
    EXPECT_NE(store.load().made, nullptr);
}

TEST_F(ConfigStore, WatchesTheClientCa) {
    const std::string file = dir_.write("ca.pem", authority().certificate);
    config_store store({{}, {}, file}, time_);
    ASSERT_NE(store.load().made, nullptr);
    dir_.write("ca.pem", "broken");
    const auto report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_THAT(report->certificate_errors, ElementsAre(file + ": no certificate in PEM found"));
}

TEST_F(ConfigStore, KeepsTheWholeSetWhenOnePartIsBroken) {
    const std::string file = dir_.write("p.yaml", policy_named("a"));
    config_store store({{file}, place(leaf()), {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    dir_.replace("p.yaml", policy_named("b"));
    dir_.replace("tls.key", "broken");
    const auto report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->made, nullptr);
    EXPECT_THAT(report->policy_errors, IsEmpty());
    EXPECT_THAT(
        report->certificate_errors,
        ElementsAre((dir_ / "tls.key") + ": no private key in PEM found")
    );
}

std::string policy_with_key(const std::string& file) {
    return policy_named("signed")
           + "  signatures:\n"
             "  - name: release\n"
             "    images: [\"reg.example/**\"]\n"
             "    authorities: [{name: kms, keys: [{file: "
           + file + "}]}]\n";
}

std::string key_text(const std::string& name) {
    return testing_support::text_of(
        std::string(GATEHOUSE_SOURCE) + "/tests/fuzz/seeds/public_key/" + name
    );
}

TEST_F(ConfigStore, ReadsTheKeysThatPoliciesName) {
    const std::string key = dir_.write("key.pem", key_text("p256.pem"));
    const std::string file = dir_.write("p.yaml", policy_with_key(key));
    config_store store({{file}, {}, {}}, time_);
    const load_report first = store.load();
    ASSERT_NE(first.made, nullptr) << first.policy_errors.front();
    const auto id_in = [](const load_report& report) {
        const auto& document = report.made->policies->all().front();
        return document.signatures.front().authorities.front().keys.front().key->id();
    };
    dir_.replace("key.pem", key_text("p384.pem"));
    const auto next = poll_for(store);
    ASSERT_TRUE(next);
    ASSERT_NE(next->made, nullptr);
    EXPECT_NE(id_in(*next), id_in(first));
}

TEST_F(ConfigStore, TellsAtThePolicysOwnLineWhichKeyIsNone) {
    const std::string key = dir_.write("key.pem", key_text("p256.pem"));
    const std::string file = dir_.write("p.yaml", policy_with_key(key));
    config_store store({{file}, {}, {}}, time_);
    ASSERT_NE(store.load().made, nullptr);
    fs::remove(key);
    const auto report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->made, nullptr);
    ASSERT_THAT(report->policy_errors, testing::SizeIs(1));
    EXPECT_THAT(
        report->policy_errors.front(),
        StartsWith(
            file + ":11:45: spec.signatures[0].authorities[0].keys[0].file: " + key
            + ": No such file or directory"
        )
    );
}

TEST_F(ConfigStore, TheConfigurationBelongsToTheSet) {
    const std::string begin = "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n";
    const std::string config = dir_.write("c.yaml", begin + "cache: {tagTTL: 5s}\n");
    const std::string file = dir_.write("p.yaml", policy_named("a"));
    config_store store({{file}, {}, {}, config}, time_);
    const load_report first = store.load();
    ASSERT_NE(first.made, nullptr);
    EXPECT_EQ(first.made->registries->settings.configuration.cache.tag_ttl, 5s);
    dir_.replace("c.yaml", begin + "cache: {tagTTL: soon}\n");
    dir_.replace("p.yaml", policy_named("b"));
    const auto report = poll_for(store);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->made, nullptr);
    EXPECT_THAT(report->policy_errors, ElementsAre(StartsWith(config + ":3:17: cache.tagTTL: ")));
}

TEST_F(ConfigStore, FoldsAliasesOfTheConfiguration) {
    const std::string config = dir_.write(
        "c.yaml",
        "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n"
        "registries: [{host: reg.example, aliases: [images.example]}]\n"
    );
    config_store store({{}, {}, {}, config}, time_);
    const load_report report = store.load();
    ASSERT_NE(report.made, nullptr);
    EXPECT_FALSE(report.made->policies->aliases().empty());
}

} // namespace
} // namespace gatehouse::server
