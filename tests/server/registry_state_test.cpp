#include "server/registry_state.h"

#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testing_support::temp_dir;

const std::string docker_config =
    R"({"auths": {"reg.example": {"username": "robot", "password": "hunter2"}}})";

class RegistryState : public testing::Test {
  protected:
    std::string write(const std::string& spec) const {
        return dir.write(
            "config.yaml", "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n" + spec
        );
    }
    std::shared_ptr<const registry_state> read(const std::string& spec) const {
        const registry_state_report report = read_registry_state(write(spec));
        EXPECT_THAT(report.errors, IsEmpty());
        return report.made;
    }
    std::vector<std::string> errors(const std::string& spec) const {
        const registry_state_report report = read_registry_state(write(spec));
        EXPECT_EQ(report.made, nullptr);
        return report.errors;
    }

    temp_dir dir;
};

TEST_F(RegistryState, WithoutAConfigurationKnowsNoRegistry) {
    const registry_state_report report = read_registry_state("");
    ASSERT_NE(report.made, nullptr);
    EXPECT_THAT(report.made->settings.configuration.registries, IsEmpty());
    EXPECT_THAT(report.paths, IsEmpty());
}

TEST_F(RegistryState, ReadsTheFilesThatItNames) {
    const std::string ca = dir.write("ca.pem", "PEM");
    const std::string one = dir.write("one.json", docker_config);
    const std::string any = dir.write("any.json", docker_config);
    const std::string file = write(
        "registries: [{host: reg.example, caFile: " + ca + ", dockerConfigFiles: [" + one
        + "]}]\ndockerConfigFiles: [" + any + "]\n"
    );
    const registry_state_report report = read_registry_state(file);
    EXPECT_THAT(report.errors, IsEmpty());
    EXPECT_THAT(report.paths, UnorderedElementsAre(file, ca, one, any));
    ASSERT_NE(report.made, nullptr);
    EXPECT_EQ(report.made->authorities.at("reg.example"), "PEM");
    ASSERT_EQ(report.made->settings.registry_credentials.size(), 1U);
    EXPECT_EQ(report.made->settings.registry_credentials[0].at(0).user, "robot");
    EXPECT_EQ(report.made->settings.credentials.at(0).user, "robot");
}

TEST_F(RegistryState, TellsWhatCannotBeRead) {
    EXPECT_THAT(
        read_registry_state("/no/such.yaml").errors,
        ElementsAre("/no/such.yaml: No such file or directory")
    );
    EXPECT_THAT(
        errors("registries: [{host: reg.example, caFile: /no/ca.pem}]\n"
               "dockerConfigFiles: [/no/config.json]\n"),
        ElementsAre(
            "/no/ca.pem: No such file or directory", "/no/config.json: No such file or directory"
        )
    );
}

TEST_F(RegistryState, TellsWhereTheConfigurationIsWrong) {
    EXPECT_THAT(
        errors("registrys: []\n"),
        ElementsAre(HasSubstr((dir / "config.yaml") + ":3:1: registrys: "))
    );
}

TEST_F(RegistryState, RefusesEmptiedFilesAndBrokenCredentialsWithoutEchoingThem) {
    const std::string ca = dir.write("ca.pem", "");
    const std::string broken = dir.write("broken.json", R"({"auths": "hunter2")");
    const auto told = errors(
        "registries: [{host: reg.example, caFile: " + ca + "}]\ndockerConfigFiles: [" + broken
        + "]\n"
    );
    EXPECT_THAT(told, ElementsAre(ca + ": the file is empty", HasSubstr(broken + ": ")));
    EXPECT_THAT(told.back(), testing::Not(HasSubstr("hunter2")));
}

TEST_F(RegistryState, AChangeReachesOnlyItsOwnRegistry) {
    const auto ca = dir.write("ca.pem", "PEM");
    const std::string spec =
        "registries: [{host: a.example, caFile: " + ca + "}, {host: b.example}]\n";
    const auto before = read(spec);
    const auto same = changes_between(*before, *read(spec));
    EXPECT_THAT(same.changed, IsEmpty());
    EXPECT_THAT(same.removed, IsEmpty());
    EXPECT_FALSE(same.all_changed);

    dir.write("ca.pem", "another PEM");
    EXPECT_THAT(changes_between(*before, *read(spec)).changed, ElementsAre("a.example"));

    const auto other = changes_between(*before, *read("registries: [{host: c.example}]\n"));
    EXPECT_THAT(other.changed, ElementsAre("c.example"));
    EXPECT_THAT(other.removed, ElementsAre("a.example", "b.example"));
    EXPECT_FALSE(other.all_changed);
}

TEST_F(RegistryState, WhatIsForAllRegistriesChangesAll) {
    const auto file = dir.write("config.json", docker_config);
    const std::string spec = "dockerConfigFiles: [" + file + "]\n";
    const auto before = read(spec);
    dir.write("config.json", R"({"auths": {}})");
    EXPECT_TRUE(changes_between(*before, *read(spec)).all_changed);
    EXPECT_TRUE(changes_between(*before, *read(spec + "signatureDirectory: /s\n")).all_changed);
    EXPECT_FALSE(changes_between(*read(spec), *read(spec + "cache: {tagTTL: 1s}\n")).all_changed);
}

} // namespace
} // namespace gatehouse::server
