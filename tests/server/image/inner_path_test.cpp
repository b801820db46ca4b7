#include "server/image/inner_path.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

struct path_case {
    std::string name;
    std::string text;
    std::string clean; ///< or what is wrong
};

class InnerPath : public testing::TestWithParam<path_case> {};

TEST_P(InnerPath, IsCleaned) {
    const auto path = clean_path(GetParam().text);
    EXPECT_EQ(path ? path.value() : path.error().detail(), GetParam().clean);
}

INSTANTIATE_TEST_SUITE_P(
    Paths,
    InnerPath,
    testing::ValuesIn(std::vector<path_case>{
        {"Plain", "etc/passwd", "etc/passwd"},
        {"Absolute", "/etc/passwd", "etc/passwd"},
        {"Directory", "etc/", "etc"},
        {"Dots", "././etc/./passwd/.", "etc/passwd"},
        {"Slashes", "//etc///passwd//", "etc/passwd"},
        {"Up", "a/b/../../etc/x/../passwd", "etc/passwd"},
        {"Root", "/", ""},
        {"Nothing", "", ""},
        {"Dot", ".", ""},
        {"UpToTheRoot", "a/..", ""},
        {"ThreeDotsAreAName", "...", "..."},
        {"LeavesTheRoot", "..", "leaves the root: \"..\""},
        {"LeavesTheRootLater", "a/../../etc", "leaves the root: \"a/../../etc\""},
        {"AbsoluteLeavesTheRoot", "/../etc", "leaves the root: \"/../etc\""},
        {"Longest", std::string(4096, 'x'), std::string(4096, 'x')},
        {"TooLong", std::string(4097, 'x'), "has a path of more than 4096 bytes"},
    }),
    testing_support::case_name()
);

struct link_case {
    std::string name;
    std::string directory;
    std::string target;
    std::string leads_to; ///< or what is wrong
};

class InnerLink : public testing::TestWithParam<link_case> {};

TEST_P(InnerLink, IsFollowed) {
    const auto path = follow_link(GetParam().directory, GetParam().target);
    EXPECT_EQ(path ? path.value() : path.error().detail(), GetParam().leads_to);
}

INSTANTIATE_TEST_SUITE_P(
    Links,
    InnerLink,
    testing::ValuesIn(std::vector<link_case>{
        {"Relative", "etc", "passwd.d/x", "etc/passwd.d/x"},
        {"Absolute", "etc", "/data//x/", "data/x"},
        {"Up", "usr/etc", "../../data", "data"},
        {"UpStaysAtTheRoot", "etc", "../../../data", "data"},
        {"AbsoluteUpStaysAtTheRoot", "etc", "/../data", "data"},
        {"DotThenUp", "a/b", "./../x", "a/x"},
        {"ToTheRoot", "etc", "..", ""},
        {"ToItsDirectory", "etc", ".", "etc"},
        {"ToNothing", "etc", "", "is a link to nothing"},
        {"UpOutOfAName", "etc", "a/../b", "is a link to a/../b, which runtimes read differently"},
        {"TooLong",
         std::string(4090, 'd'),
         "1234567",
         "is a link to a path of more than 4096 bytes"},
    }),
    testing_support::case_name()
);

TEST(InnerPathParts, AreFound) {
    EXPECT_EQ(directory_of("etc/ssl/x"), "etc/ssl");
    EXPECT_EQ(directory_of("etc"), "");
    EXPECT_EQ(name_in("etc/ssl/x"), "x");
    EXPECT_EQ(name_in("etc"), "etc");
    EXPECT_EQ(name_ends("etc/ssl/x"), (std::vector<std::size_t>{3, 7, 9}));
    EXPECT_EQ(name_ends(""), std::vector<std::size_t>());
    EXPECT_EQ(join_path("", "a"), "a");
    EXPECT_EQ(join_path("a", ""), "a");
    EXPECT_EQ(join_path("a/b", "c"), "a/b/c");
}

} // namespace
} // namespace gatehouse::server
