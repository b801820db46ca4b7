// How `check --resolve` and `verify` show whom containers run as.
#include "server/identities.h"

#include "server/identity_json.h"
#include "tests/support/judging.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using policy::account_files;
using policy::platform_image;
using testing::ElementsAre;
using testing_support::judged_request;

const policy::registry_aliases no_aliases;
const policy::digest a_digest = policy::digest::of("image");

platform_image platform(
    const std::string& user,
    const std::string& architecture = "amd64",
    const std::string& os = "linux",
    const std::string& variant = ""
) {
    return {os, architecture, variant, a_digest, user};
}

using accounts_fact = policy::fact<std::shared_ptr<const policy::accounts>>;

accounts_fact accounts_of(const account_files& files) {
    return std::make_shared<const policy::accounts>(policy::read_accounts(files).value());
}

const account_files usual{
    "root:x:0:0::/:\napp:x:1001:1002::/:\n",
    "root:x:0:\nstaff:x:50:app\nweb team:x:51:app\n"};

policy::evidence known(
    const std::vector<platform_image>& platforms,
    const accounts_fact& accounts = accounts_of(usual)
) {
    policy::image_evidence one;
    one.image = "reg.example/app:1";
    one.resolved = a_digest;
    policy::image_user_facts facts{platforms, {}};
    facts.accounts_of.assign(platforms.size(), accounts);
    one.users = std::move(facts);
    policy::evidence out;
    out.images.push_back(std::move(one));
    return out;
}

std::string pod_with(const std::string& spec = "") {
    return R"({"containers":[{"name":"app","image":"reg.example/app:1"}])" + spec + "}";
}

std::vector<std::string> lines_of(const std::string& pod, const policy::evidence& by) {
    judged_request request(pod);
    std::vector<std::string> out;
    for (const shown_identity& one : identities_of(*request->object, no_aliases, by)) {
        out.push_back(fmt::format("{} {} {}{}", one.noun, one.container, head_of(one), line_of(one))
        );
    }
    return out;
}

TEST(Identities, TellEachIdAndItsSource) {
    EXPECT_THAT(
        lines_of(pod_with(), known({platform("app")})),
        ElementsAre("container app runs as (linux/amd64): uid 1001 from the image's USER \"app\", "
                    "uid 1001 in its /etc/passwd; gid 1002 from \"app\" in the image's "
                    "/etc/passwd; groups 50 (staff), 51 (\"web team\"), 1002")
    );
}

TEST(Identities, OfThePodComeFirst) {
    EXPECT_THAT(
        lines_of(
            pod_with(R"(,"securityContext":{"runAsUser":7,"runAsGroup":8,"supplementalGroups":[9]})"
            ),
            known({platform("app")})
        ),
        ElementsAre("container app runs as (linux/amd64): uid 7 from the pod's "
                    "securityContext.runAsUser; gid 8 from the pod's securityContext.runAsGroup; "
                    "groups 8, 9")
    );
}

TEST(Identities, OfPlatformsThatAreTheSameAreToldTogether) {
    EXPECT_THAT(
        lines_of(
            pod_with(),
            known(
                {platform("7"),
                 platform("7", "arm", "linux", "v7"),
                 platform("8", "arm64"),
                 platform("9", "amd64", "windows")}
            )
        ),
        ElementsAre(
            testing::HasSubstr("runs as (linux/amd64, linux/arm/v7): uid 7 "),
            testing::HasSubstr("runs as (linux/arm64): uid 8 ")
        )
    );
}

TEST(Identities, AreOfTheArchitectureOfThePod) {
    EXPECT_THAT(
        lines_of(
            pod_with(R"(,"nodeSelector":{"kubernetes.io/arch":"arm64"})"),
            known({platform("7"), platform("8", "arm64")})
        ),
        ElementsAre(testing::HasSubstr("runs as (linux/arm64): uid 8 "))
    );
    EXPECT_THAT(
        lines_of(
            pod_with(R"(,"nodeSelector":{"kubernetes.io/arch":"s390x"})"), known({platform("7")})
        ),
        ElementsAre("container app runs as: a user that could not be resolved: it has no image for "
                    "Linux on the architecture of the pod")
    );
}

TEST(Identities, SayWhatIsNotKnownAndWhy) {
    const policy::fetch_failure broken{
        policy::failure_cause::malformed, "app: layer 1 of 1 is not gzip", true};
    EXPECT_THAT(
        lines_of(pod_with(), known({platform("app")}, accounts_fact(broken))),
        ElementsAre("container app runs as (linux/amd64): uid unknown: app: layer 1 of 1 is not "
                    "gzip; gid unknown: app: layer 1 of 1 is not gzip; groups none, others "
                    "unknown: app: layer 1 of 1 is not gzip")
    );
    policy::evidence failed;
    failed.images.emplace_back().image = "reg.example/app:1";
    failed.images.front().users =
        policy::fetch_failure{policy::failure_cause::dns, "reg.example\nis unknown", true};
    const std::string head = "container app runs as: a user that could not be resolved: ";
    EXPECT_THAT(lines_of(pod_with(), failed), ElementsAre(head + "reg.example\\nis unknown"));
    failed.images.front().users.reset();
    EXPECT_THAT(
        lines_of(pod_with(), failed), ElementsAre(head + "it was not looked up; try again")
    );
}

TEST(Identities, SayThatAContainerWillNotStart) {
    EXPECT_THAT(
        lines_of(pod_with(R"(,"securityContext":{"runAsNonRoot":true})"), known({platform("app")})),
        ElementsAre(testing::EndsWith(
            "; it will not start: CreateContainerConfigError: container has runAsNonRoot and image "
            "has non-numeric user (app), cannot verify user is non-root"
        ))
    );
}

TEST(Identities, AreNoneOfWindowsAndOfWhatIsNoReference) {
    EXPECT_THAT(
        lines_of(pod_with(R"(,"os":{"name":"windows"})"), known({platform("app")})), ElementsAre()
    );
    EXPECT_THAT(lines_of(R"({"containers":[{"name":"app","image":"A B"}]})", {}), ElementsAre());
}

TEST(Identities, WantAllOfEveryImageOnce) {
    judged_request request(
        R"({"containers":[{"name":"a","image":"reg.example/app:1"},{"name":"b","image":"reg.example/app:1"}],)"
        R"("initContainers":[{"name":"c","image":"reg.example/init:1"},{"name":"d","image":"evil.example/d:1"}],)"
        R"("nodeSelector":{"kubernetes.io/arch":"arm64"}})"
    );
    policy::image_wants all;
    const auto denied = [](const policy::element& where) { return where.name == "d"; };
    add_identity_wants(*request->object, no_aliases, denied, all);
    const auto wants = all.take();
    ASSERT_EQ(wants.size(), 2U);
    for (const policy::image_want& one : wants) {
        EXPECT_EQ(one.user, whole_identity("arm64"));
        EXPECT_TRUE(one.sources.empty());
    }
}

TEST(Identities, AsJsonHaveTheSame) {
    judged_request request(pod_with());
    const auto all = identities_of(*request->object, no_aliases, known({platform("app")}));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(
        json_of(all[0]).dump(),
        R"({"container":"app","image":"reg.example/app:1","platforms":["linux/amd64"],)"
        R"("user":{"id":1001,"source":"from the image's USER \"app\", uid 1001 in its /etc/passwd"},)"
        R"("group":{"id":1002,"source":"from \"app\" in the image's /etc/passwd"},)"
        R"("groups":[{"id":50,"name":"staff"},{"id":51,"name":"web team"},{"id":1002}]})"
    );
    EXPECT_TRUE(identities_of(*request->object, no_aliases, {}).empty());
    policy::evidence unknown;
    unknown.images.emplace_back().image = "reg.example/app:1";
    const auto none = identities_of(*request->object, no_aliases, unknown);
    EXPECT_EQ(
        json_of(none[0]).dump(),
        R"({"container":"app","image":"reg.example/app:1","platforms":[],)"
        R"("problem":"it was not looked up; try again"})"
    );
}

TEST(Identities, OfAnImageByItselfAreThoseOfAPodThatSaysNothing) {
    const auto image = policy::reference::parse("reg.example/app:1").value();
    const auto all = identities_of(image, known({platform("1001")}));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(
        head_of(all[0]) + line_of(all[0]),
        "runs as (linux/amd64): uid 1001 from the image's USER \"1001\"; gid 1002 from \"app\" in "
        "the image's /etc/passwd; groups 50 (staff), 51 (\"web team\"), 1002"
    );
    EXPECT_FALSE(json_of(all[0]).contains("container"));
}

} // namespace
} // namespace gatehouse::server
