// The words of an identity: where each part comes from, and why one is not known. Which ids it has is what
// observed_test.cpp compares with a real node.
#include "policy/user/identity.h"

#include "tests/support/case_name.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

using testing_support::case_name;

account_files usual_files() {
    return {
        .passwd = "root:x:0:0:::\napp:x:1001:1002:::\nodd:x:a:b:::\nminus:x:-5:5:::\n"
                  "low:x:5:-5:::\n",
        .group = "root:x:0:\nstaff:x:50:app,odd\nminus:x:-7:low2\n"};
}

known_accounts known_of(const account_files& files) {
    return std::make_shared<const accounts>(read_accounts(files).value());
}

struct setting {
    std::optional<std::int64_t> user = {};
    std::optional<std::int64_t> group = {};
    std::optional<bool> non_root = {};
};

struct words_case {
    std::string name;
    std::string user; ///< USER
    known_accounts known;
    setting of_pod;
    setting of_container;
    std::string uid;
    std::string gid;
    std::string groups = {};
    std::string refusal = "starts";
};

void set(security_context& to, const setting& what) {
    to.run_as_user = what.user;
    to.run_as_group = what.group;
    to.run_as_non_root = what.non_root;
}

std::string shown(const identity_id& one) {
    return fmt::format("{} {}", one.id ? std::to_string(*one.id) : "?", one.text);
}

std::string shown(const std::optional<start_refusal>& one) {
    return one ? one->reason + ": " + one->message : "starts";
}

std::string groups_of(const identity& one) {
    std::string out;
    for (const supplementary_group& group : one.groups) {
        out += fmt::format("{}{}{} ", group.id, group.name.empty() ? "" : "=", group.name);
    }
    out += one.groups_problem;
    return out;
}

class IdentityWords : public testing::TestWithParam<words_case> {};

TEST_P(IdentityWords, SayWhereEachPartComesFrom) {
    const words_case& row = GetParam();
    pod subject;
    container c;
    set(subject.security, row.of_pod);
    set(c.security, row.of_container);
    const identity got = identity_of(subject, c, row.user, row.known);
    EXPECT_EQ(shown(got.user), row.uid);
    EXPECT_EQ(shown(got.group), row.gid);
    EXPECT_EQ(groups_of(got), row.groups);
    EXPECT_EQ(shown(got.refusal), row.refusal);
}

const std::string not_read = "its /etc/passwd and /etc/group were not read; try again";
const fetch_failure broken{failure_cause::dns, "no such host; check it", true};
const std::string as_root =
    "CreateContainerConfigError: container has runAsNonRoot and image will run as root";

INSTANTIATE_TEST_SUITE_P(
    Parts,
    IdentityWords,
    testing::Values(
        words_case{
            "Name",
            "app:ignored",
            known_of(usual_files()),
            {},
            {},
            "1001 from the image's USER \"app\", uid 1001 in its /etc/passwd",
            "1002 from \"app\" in the image's /etc/passwd",
            "50=staff 1002 "},
        words_case{
            "Number",
            "1001",
            known_of(usual_files()),
            {},
            {},
            "1001 from the image's USER \"1001\"",
            "1002 from \"app\" in the image's /etc/passwd",
            "50=staff 1002 "},
        words_case{
            "NumberWithoutEntry",
            "4000",
            known_of(usual_files()),
            {},
            {},
            "4000 from the image's USER \"4000\"",
            "0 as neither the pod nor the image's /etc/passwd names a group for uid 4000",
            "0 "},
        words_case{
            "NoFile",
            "4000",
            known_of({}),
            {},
            {},
            "4000 from the image's USER \"4000\"",
            "0 as the pod names no group and the image has no /etc/passwd",
            "0 "},
        words_case{
            "NoUser",
            "",
            known_of(usual_files()),
            {},
            {},
            "0 as the image names no user",
            "0 from \"root\" in the image's /etc/passwd",
            "0 "},
        words_case{
            "UnreadableIds",
            "odd",
            known_of(usual_files()),
            {},
            {},
            "0 from the image's USER \"odd\", whose uid is no number and counts as 0 in its "
            "/etc/passwd",
            "0 from \"odd\" in the image's /etc/passwd, whose group is no number and counts as 0",
            "0 50=staff "},
        words_case{
            "NameWithoutEntry",
            "web",
            known_of(usual_files()),
            {},
            {},
            "? its /etc/passwd has no user \"web\"",
            "? its /etc/passwd has no user \"web\"",
            "its /etc/passwd has no user \"web\"",
            "CreateContainerError: no users found"},
        words_case{
            "NameWithoutFile",
            "app",
            known_of({}),
            {},
            {},
            "? it has no /etc/passwd to find \"app\" in",
            "? it has no /etc/passwd to find \"app\" in",
            "it has no /etc/passwd to find \"app\" in",
            "CreateContainerError: /etc/passwd: no such file or directory"},
        words_case{
            "NegativeUid",
            "minus",
            known_of(usual_files()),
            {},
            {},
            "? \"minus\" has the uid -5 in its /etc/passwd, with which nothing starts",
            "5 from \"minus\" in the image's /etc/passwd",
            "5 ",
            "StartError: unable to setup user: uids and gids must be in range 0-2147483647"},
        words_case{
            "NegativeGid",
            "low",
            known_of(usual_files()),
            {},
            {},
            "5 from the image's USER \"low\", uid 5 in its /etc/passwd",
            "? \"low\" has the group -5 in its /etc/passwd, with which nothing starts",
            "",
            "StartError: unable to setup user: uids and gids must be in range 0-2147483647"},
        words_case{
            "NegativeMembership",
            "a",
            known_of({.passwd = "a:x:1:1", .group = "neg\u202e:x:-7:a"}),
            {},
            {},
            "1 from the image's USER \"a\", uid 1 in its /etc/passwd",
            "1 from \"a\" in the image's /etc/passwd",
            "1 \"neg\\u{202e}\" has the id -7 in its /etc/group, with which nothing starts",
            "StartError: unable to setup user: uids and gids must be in range 0-2147483647"},
        words_case{
            "NotRead",
            "app",
            std::nullopt,
            {},
            {},
            "? " + not_read,
            "? " + not_read,
            not_read},
        words_case{
            "NumberNeedsNoFile",
            "1001",
            std::nullopt,
            {},
            {},
            "1001 from the image's USER \"1001\"",
            "? " + not_read,
            not_read},
        words_case{
            "Failure",
            "app",
            broken,
            {},
            {},
            "? no such host; check it",
            "? no such host; check it",
            "no such host; check it"},
        words_case{
            "FailureWithoutWords",
            "app",
            fetch_failure{failure_cause::timeout, "", true},
            {},
            {},
            "? timeout; try again",
            "? timeout; try again",
            "timeout; try again"},
        words_case{
            "PodSaysIt",
            "app",
            std::nullopt,
            {.user = 7, .group = 8},
            {},
            "7 from the pod's securityContext.runAsUser",
            "8 from the pod's securityContext.runAsGroup",
            "8 " + not_read},
        words_case{
            "ContainerSaysIt",
            "app",
            known_of(usual_files()),
            {.user = 7, .group = 8},
            {.user = 1001, .group = 9},
            "1001 from the container's securityContext.runAsUser",
            "9 from the container's securityContext.runAsGroup",
            "9 50=staff "},
        words_case{
            "GroupOfThePodAlone",
            "app",
            known_of(usual_files()),
            {.group = 70},
            {.user = 1001},
            "1001 from the container's securityContext.runAsUser",
            "70 from the pod's securityContext.runAsGroup",
            "50=staff 70 ",
            "FailedCreatePodSandBox: failed to generate user string: user group \"70\" is "
            "specified "
            "without user"},
        words_case{
            "NonRootAndNoUser",
            "",
            std::nullopt,
            {.non_root = true},
            {},
            "0 as the image names no user",
            "? " + not_read,
            not_read,
            as_root},
        words_case{
            "NonRootAndNameIsCut",
            std::string(200, 'a'),
            std::nullopt,
            {},
            {.non_root = true},
            "? " + not_read,
            "? " + not_read,
            not_read,
            "CreateContainerConfigError: container has runAsNonRoot and image has non-numeric user "
            "(" + std::string(61, 'a')
                + "...), cannot verify user is non-root"}
    ),
    case_name()
);

TEST(Identity, StrictTakesNothingFromTheImage) {
    pod subject;
    subject.security.supplemental_groups_policy = "Strict";
    subject.security.fs_group = 95;
    const std::int64_t groups[] = {90, 90};
    subject.security.supplemental_groups = {groups, 2};
    EXPECT_EQ(
        groups_of(identity_of(subject, container(), "app", known_of(usual_files()))), "90 95 1002 "
    );
    EXPECT_EQ(groups_of(identity_of(subject, container(), "app", std::nullopt)), "90 95 ");
}

TEST(Identity, AGroupNamedAsANumberReplacesThePodsOwn) {
    pod subject;
    const std::int64_t groups[] = {60};
    subject.security.supplemental_groups = {groups, 1};
    subject.security.supplemental_groups_policy = "Strict";
    const identity got = identity_of(
        subject, container(), "7", known_of({.passwd = {}, .group = "60:x:0:\n60:x:1:\n"})
    );
    EXPECT_EQ(groups_of(got), "0 ");
    subject.security.run_as_group = 8;
    const identity with_group = identity_of(
        subject, container(), "7", known_of({.passwd = {}, .group = "60:x:0:\n8:x:1:\n"})
    );
    EXPECT_EQ(groups_of(with_group), "0 8 "); // the primary group stays what it is
    EXPECT_EQ(with_group.groups[0].source, id_source::image_group);
}

TEST(Identity, CutsTheNameOfAGroup) {
    const identity got = identity_of(
        pod(),
        container(),
        "a",
        known_of({.passwd = "a:x:1:1", .group = std::string(99, 'g') + ":x:5:a"})
    );
    ASSERT_EQ(got.groups.size(), 2U);
    EXPECT_EQ(got.groups[1].name, std::string(64, 'g'));
}

TEST(Identity, NamesTheFailureInItsWay) {
    const known_accounts known = broken;
    const identity got = identity_of(pod(), container(), "app", known);
    const auto* failure = &std::get<fetch_failure>(*known);
    EXPECT_EQ(got.user.failure, failure);
    EXPECT_EQ(got.group.failure, failure);
    EXPECT_EQ(got.groups_failure, failure);
}

TEST(Identity, KnowsTheSourceOfEachPart) {
    pod subject;
    subject.security.fs_group = 95;
    const identity got = identity_of(subject, container(), "app", known_of(usual_files()));
    EXPECT_EQ(got.user.source, id_source::image_passwd);
    EXPECT_EQ(got.group.source, id_source::image_passwd);
    ASSERT_EQ(got.groups.size(), 3U);
    EXPECT_EQ(got.groups[0].source, id_source::image_group);
    EXPECT_EQ(got.groups[1].source, id_source::pod);
    EXPECT_EQ(got.groups[2].source, id_source::image_passwd);
    const identity bare = identity_of(pod(), container(), "7", known_of({}));
    EXPECT_EQ(bare.user.source, id_source::image_user);
    EXPECT_EQ(bare.group.source, id_source::nobody);
}

} // namespace
} // namespace gatehouse::policy
