#include "policy/user/accounts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

accounts read(std::optional<std::string> passwd, std::optional<std::string> group = std::nullopt) {
    auto out = read_accounts({std::move(passwd), std::move(group)});
    EXPECT_TRUE(out.has_value()) << (out ? "" : out.error().detail());
    return out ? std::move(out).value() : accounts();
}

std::string problem(std::optional<std::string> passwd, std::optional<std::string> group) {
    const auto out = read_accounts({std::move(passwd), std::move(group)});
    return out ? "none" : std::string(name_of(out.error().code())) + ": " + out.error().detail();
}

std::vector<std::string> groups_of(const accounts& from, std::string_view name) {
    std::vector<std::string> out;
    for (const membership& one : from.memberships_of(name)) {
        out.push_back(std::string(one.group) + " " + std::to_string(one.gid));
    }
    return out;
}

/// "app 1000 1000", ids that are no numbers as "?".
std::string shown(const std::optional<account>& one) {
    if (!one) {
        return "none";
    }
    return std::string(one->name) + " " + (one->uid_is_number ? std::to_string(one->uid) : "?")
           + " " + (one->gid_is_number ? std::to_string(one->gid) : "?");
}

TEST(Accounts, TellNoFileFromNoEntry) {
    const accounts neither = read(std::nullopt);
    EXPECT_FALSE(neither.has_passwd());
    EXPECT_FALSE(neither.has_group());
    const accounts empty = read("", "");
    EXPECT_TRUE(empty.has_passwd());
    EXPECT_TRUE(empty.has_group());
    for (const accounts& one : {neither, empty}) {
        EXPECT_EQ(shown(one.named("app")), "none");
        EXPECT_EQ(shown(one.with_uid(0)), "none");
        EXPECT_THAT(groups_of(one, "app"), IsEmpty());
    }
}

TEST(Accounts, TheFirstEntryCounts) {
    const accounts from = read("app:x:1000:100::/:\napp:x:2000:200::/:\nweb:x:1000:300::/:\n");
    EXPECT_EQ(shown(from.named("app")), "app 1000 100");
    EXPECT_EQ(shown(from.with_uid(1000)), "app 1000 100");
    EXPECT_EQ(shown(from.with_uid(2000)), "app 2000 200");
    EXPECT_EQ(shown(from.named("web")), "web 1000 300");
    EXPECT_EQ(shown(from.named("App")), "none");
    EXPECT_EQ(shown(from.named("ap")), "none");
}

TEST(Accounts, WhatIsNoNumberCountsAsZeroAndIsMarked) {
    const accounts from = read("a\nb:x\nc:x:\nd:x:1\ne:x:0x10: 5\nf:x:+7:007:f:/:/sh:more\n"
                               "g:x:9223372036854775808:-9223372036854775809\n");
    EXPECT_EQ(shown(from.named("a")), "a ? ?");
    EXPECT_EQ(from.named("a")->uid, 0);
    EXPECT_EQ(from.named("a")->gid, 0);
    EXPECT_EQ(shown(from.named("b")), "b ? ?");
    EXPECT_EQ(shown(from.named("c")), "c ? ?");
    EXPECT_EQ(shown(from.named("d")), "d 1 ?");
    EXPECT_EQ(shown(from.named("e")), "e ? ?");
    EXPECT_EQ(shown(from.named("f")), "f 7 7");
    EXPECT_EQ(shown(from.named("g")), "g 9223372036854775807 -9223372036854775808");
    EXPECT_EQ(shown(from.with_uid(0)), "a ? ?");
}

TEST(Accounts, LinesAreTrimmedFieldsAreNot) {
    const accounts from = read(
        "\r\n\n \t\n  app:x:1:2::/:\r\n\v\u00a0web "
        ":x:3:4::/:\u2003\u3000\n#c:x:5:6\n\ufeffbom:x:7:8",
        " staff:x:50:app \r\nodd:x:51: app\n"
    );
    EXPECT_EQ(shown(from.named("app")), "app 1 2");
    EXPECT_EQ(shown(from.named("web")), "none");
    EXPECT_EQ(shown(from.named("web ")), "web  3 4");
    EXPECT_EQ(shown(from.named("#c")), "#c 5 6");
    EXPECT_EQ(shown(from.named("bom")), "none");
    EXPECT_EQ(shown(from.with_uid(7)), "\ufeffbom 7 8");
    EXPECT_THAT(groups_of(from, "app"), ElementsAre("staff 50"));
}

TEST(Accounts, GroupsAreThoseThatListTheName) {
    const accounts from = read(
        std::nullopt,
        "root:x:0:\nstaff:x:50:app\nmedia:x:60:web,app\nstaff:x:51:app,app\n60:x:77:60\n"
        "short:x:5\nodd:x:abc:app\nbig:x:4294967296:app:web\nend:x:8:web,\napp:x:1000:app\n"
    );
    EXPECT_THAT(
        groups_of(from, "app"),
        ElementsAre("staff 50", "media 60", "staff 51", "odd 0", "big 4294967296")
    );
    EXPECT_THAT(groups_of(from, "web"), ElementsAre("media 60", "end 8"));
    EXPECT_THAT(groups_of(from, "60"), IsEmpty()); // its own name
    EXPECT_THAT(groups_of(from, ""), IsEmpty());
    EXPECT_THAT(groups_of(from, "ap"), IsEmpty());
}

TEST(Accounts, AGroupNamedAsANumberTakesItsPlace) {
    const accounts from = read(
        std::nullopt,
        "60:x:77:app\nmedia:x:60:\n60:x:78:\nstaff:x:50:\n50:x:79:\n070:x:80:\n+71:x:81:\n72:x:72:"
        "\n"
        "73:x:0:\n"
    );
    EXPECT_EQ(from.as_named(60), 77);
    EXPECT_EQ(from.as_named(50), 50); // its own line stands before
    EXPECT_EQ(from.as_named(70), 70);
    EXPECT_EQ(from.as_named(71), 71);
    EXPECT_EQ(from.as_named(72), 72);
    EXPECT_EQ(from.as_named(73), 0);
    EXPECT_EQ(from.as_named(5), 5);
    EXPECT_EQ(read(std::nullopt).as_named(60), 60);
}

TEST(Accounts, CommentsStandInGroupOnly) {
    const accounts from = read("#a:x:5:5\n", " #staff:x:49:a\nstaff:x:50:a\n");
    EXPECT_EQ(shown(from.named("#a")), "#a 5 5");
    EXPECT_THAT(groups_of(from, "a"), ElementsAre("staff 50"));
}

TEST(Accounts, LongLinesOfPasswdAreRefusedOfGroupNot) {
    const std::string longest(longest_passwd_line, 'a');
    EXPECT_EQ(shown(read(longest + "\napp:x:1:1").named("app")), "app 1 1");
    const std::string too_long = "malformed: a line of /etc/passwd is longer than 64 KiB, which no "
                                 "container runtime reads";
    EXPECT_EQ(problem("app:x:1:1\na" + longest, std::nullopt), too_long);
    EXPECT_EQ(problem("a" + longest + "\napp:x:1:1\n", std::nullopt), too_long);
    EXPECT_THAT(
        groups_of(read(std::nullopt, "staff:x:50:" + longest + ",app"), "app"),
        ElementsAre("staff 50")
    );
}

TEST(Accounts, AreBounded) {
    std::string users;
    std::string groups;
    std::string numbers;
    for (std::size_t i = 0; i < most_accounts; ++i) {
        users += "u\n";
        groups += fmt::format("g:::{:x}\n", i);
        numbers += fmt::format("{}::0\n", i);
    }
    const accounts full = read(users, groups);
    EXPECT_EQ(shown(full.named("u")), "u ? ?");
    EXPECT_THAT(groups_of(full, "ffff"), ElementsAre("g 0"));
    EXPECT_EQ(
        problem(users + "u", std::nullopt), "too_large: /etc/passwd has more than 65536 users"
    );
    const std::string too_many = "too_large: /etc/group has more than 65536 members";
    EXPECT_EQ(problem(std::nullopt, groups + "g:::b"), too_many);
    EXPECT_EQ(problem(std::nullopt, groups + "g:::,\ng"), "none"); // without members nobody asks
    EXPECT_EQ(problem(std::nullopt, "g:::" + std::string(2 * most_accounts + 2, ',')), "none");
    EXPECT_EQ(problem(std::nullopt, numbers), "none");
    EXPECT_EQ(problem(std::nullopt, numbers + "-1::0\n"), too_many);
    const std::string long_file(longest_account_file + 1, '\n');
    EXPECT_EQ(problem(long_file, std::nullopt), "too_large: /etc/passwd is longer than 1 MiB");
    EXPECT_EQ(problem(std::nullopt, long_file), "too_large: /etc/group is longer than 1 MiB");
    EXPECT_EQ(problem(long_file.substr(1), long_file.substr(1)), "none");
}

TEST(Accounts, ListNobodyInTooManyGroups) {
    std::string groups;
    for (std::size_t i = 0; i < most_memberships; ++i) {
        groups += "g:::web,app\n";
    }
    EXPECT_EQ(read(std::nullopt, groups).memberships_of("app").size(), most_memberships);
    EXPECT_EQ(
        problem(std::nullopt, groups + "g:::app\n"),
        "too_large: /etc/group lists \"app\" in more than 256 groups"
    );
}

TEST(Accounts, WeighWhatTheyKeep) {
    const accounts none = read(std::nullopt);
    const accounts one = read("app:secret:1000:1000:Full Name,Room 5:/home/app:/bin/sh\n");
    const accounts same = read("app:x:1:1::/:\n");
    EXPECT_GT(one.weight(), none.weight());
    EXPECT_EQ(one.weight(), same.weight()); // nothing of the other fields
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += "a-user-with-a-name:x:1:1::/:\n";
    }
    EXPECT_GT(read(many).weight(), 1000 * std::string("a-user-with-a-name").size());
}

} // namespace
} // namespace gatehouse::policy
