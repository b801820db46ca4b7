#include "server/image/account_search.h"

#include "tests/support/case_name.h"
#include "tests/support/layer_images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing_support::search_layers;
using testing_support::tar_of;

constexpr const char* absent = "(absent)";

struct search_case {
    std::string name;
    std::vector<std::vector<std::string>> layers; ///< the base first
    std::string passwd; ///< content, or absent, or the problem with {2} for the name of layer 2
    std::string group = absent;
};

std::vector<std::string> archives(const std::vector<std::vector<std::string>>& layers) {
    std::vector<std::string> out;
    for (const auto& entries : layers) {
        out.push_back(tar_of(entries));
    }
    return out;
}

/// The text with every {2} as layer 2 is named.
std::string with_names(std::string text, const std::vector<std::string>& layers) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string mark = '{' + std::to_string(i + 1) + '}';
        const std::size_t at = text.find(mark);
        if (at != std::string::npos) {
            const auto layer =
                testing_support::layer_of(layers[i], layer_compression::none, i, layers.size());
            text.replace(at, mark.size(), name_of(layer));
        }
    }
    return text;
}

class AccountSearch : public testing::TestWithParam<search_case> {};

TEST_P(AccountSearch, Finds) {
    const auto layers = archives(GetParam().layers);
    const auto searched = search_layers(layers);
    if (!searched.outcome) {
        EXPECT_EQ(searched.outcome.error().detail(), with_names(GetParam().passwd, layers));
        return;
    }
    EXPECT_EQ(searched.outcome.value().passwd.value_or(absent), GetParam().passwd);
    EXPECT_EQ(searched.outcome.value().group.value_or(absent), GetParam().group);
}

INSTANTIATE_TEST_SUITE_P(
    Files,
    AccountSearch,
    testing::ValuesIn(std::vector<search_case>{
        {"NoLayers", {}, absent},
        {"AnEmptyLayer", {{}}, absent},
        {"Both", {{"etc/", "etc/passwd=p", "etc/group=g"}}, "p", "g"},
        {"OneOfTwo", {{"etc/", "etc/group=g"}}, absent, "g"},
        {"AnEmptyFile", {{"etc/passwd="}}, ""},
        {"InDifferentLayers", {{"etc/", "etc/group=g"}, {"etc/", "etc/passwd=p"}}, "p", "g"},
        {"TheNewestWins", {{"etc/passwd=old"}, {"etc/passwd=new"}, {"bin/sh=x"}}, "new"},
        {"TheLastOfTwoInALayer", {{"etc/passwd=first", "etc/passwd=last"}}, "last"},
        {"WithoutAnEntryForTheDirectory", {{"etc/passwd=p"}}, "p"},
        {"NamesThatBeginAlike",
         {{"etc/passwd-=b", "etc/passwd.d/x=y", "etcetera/passwd=z"}},
         absent},
        {"DotSlash", {{"./", "./etc/", "./etc/passwd=p"}}, "p"},
        {"Absolute", {{"/etc/passwd=p"}}, "p"},
        {"ManySlashes", {{".//etc///passwd=p"}}, "p"},
        {"UpAndDown", {{"usr/../etc/passwd=p"}}, "p"},
        {"LeavesTheRoot", {{"../etc/passwd=p"}}, "{1} entry 1 leaves the root: \"../etc/passwd\""},
    }),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Whiteouts,
    AccountSearch,
    testing::ValuesIn(std::vector<search_case>{
        {"OfTheFile", {{"etc/passwd=p", "etc/group=g"}, {"etc/.wh.passwd"}}, absent, "g"},
        {"OfTheDirectory", {{"etc/passwd=p", "etc/group=g"}, {".wh.etc"}}, absent},
        {"OfAnother", {{"etc/passwd=p"}, {"etc/.wh.shadow", ".wh.var", "usr/.wh.etc"}}, "p"},
        {"ThenAgain", {{"etc/passwd=old"}, {"etc/.wh.passwd"}, {"etc/passwd=new"}}, "new"},
        {"OfTheDirectoryThenAgain",
         {{"etc/passwd=old", "etc/group=old"}, {".wh.etc"}, {"etc/", "etc/passwd=new"}},
         "new"},
        {"OfNothing", {{"etc/.wh.passwd"}}, absent},
        {"OpaqueDirectory",
         {{"etc/passwd=old", "etc/group=old"}, {"etc/", "etc/.wh..wh..opq", "etc/passwd=new"}},
         "new"},
        {"OpaqueAfterItsContent",
         {{"etc/passwd=old", "etc/group=old"}, {"etc/passwd=new", "etc/.wh..wh..opq"}},
         "new"},
        {"OpaqueOfAnother", {{"etc/passwd=p"}, {"usr/.wh..wh..opq"}}, "p"},
        {"OpaqueBelow", {{"etc/passwd=p"}, {"etc/ssl/.wh..wh..opq"}}, "p"},
        {"FileAndWhiteout",
         {{"etc/passwd=old"}, {"etc/passwd=new", "etc/.wh.passwd"}},
         "/etc/passwd cannot be told: layer 2 of 2 both has and removes /etc/passwd"},
        {"WhiteoutAndFile",
         {{"etc/passwd=old"}, {"etc/.wh.passwd", "etc/passwd=new"}},
         "/etc/passwd cannot be told: layer 2 of 2 both has and removes /etc/passwd"},
        {"WhiteoutOfADirectoryAndItsContent",
         {{"etc/passwd=old"}, {".wh.etc", "etc/passwd=new"}},
         "/etc/passwd cannot be told: layer 2 of 2 both has and removes /etc"},
        {"OpaqueFile",
         {{"etc/passwd=old"}, {"etc=x", "etc/.wh..wh..opq"}},
         "/etc/passwd cannot be told: layer 2 of 2 makes opaque what is no directory: /etc"},
        {"OpaqueRoot",
         {{"etc/passwd=old"}, {".wh..wh..opq"}},
         "{2} entry 1 makes the root opaque, which runtimes read "
         "differently"},
        {"WhiteoutWithoutAName", {{"etc/.wh."}}, "{1} entry 1 is a whiteout of nothing"},
    }),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Links,
    AccountSearch,
    testing::ValuesIn(std::vector<search_case>{
        {"Relative", {{"etc/passwd -> pw", "etc/pw=p"}}, "p"},
        {"Absolute", {{"etc/passwd -> /data/pw", "data/pw=p"}}, "p"},
        {"UpFromItsDirectory", {{"etc/passwd -> ../data/pw", "data/pw=p"}}, "p"},
        {"UpBeyondTheRoot", {{"etc/passwd -> ../../../data/pw", "data/pw=p"}}, "p"},
        {"ToANewerLayer", {{"etc/passwd -> /data/pw", "data/pw=old"}, {"data/pw=new"}}, "new"},
        {"ToAnOlderLayer", {{"data/pw=p"}, {"etc/passwd -> /data/pw"}}, "p"},
        {"ToWhatWasRemoved", {{"data/pw=p"}, {"etc/passwd -> /data/pw"}, {".wh.data"}}, absent},
        {"ToNothing", {{"etc/passwd -> nowhere"}}, absent},
        {"ReplacedByAFile", {{"etc/passwd -> /data/pw", "data/pw=d"}, {"etc/passwd=p"}}, "p"},
        {"AnotherLayerBelowTheFile", {{"etc/passwd=p"}, {"etc/passwd -> /data/pw"}}, absent},
        {"Chain", {{"etc/passwd -> a", "etc/a -> b", "etc/b -> /c", "c=p"}}, "p"},
        {"OfTheDirectory", {{"etc -> usr/etc", "usr/etc/passwd=p", "usr/etc/group=g"}}, "p", "g"},
        {"OfTheDirectoryAbsolute", {{"etc -> /usr/etc", "usr/etc/passwd=p"}}, "p"},
        {"OfADirectoryOnTheWay",
         {{"etc/passwd -> /a/b/pw", "a -> c", "c/b -> ../d", "d/pw=p"}},
         "p"},
        {"TrailingSlashesAndDots", {{"etc/passwd -> .//pw", "etc/pw=p"}}, "p"},
        {"Loop", {{"etc/passwd -> passwd"}}, "/etc/passwd leads through more than 40 links"},
        {"LoopOfTwo",
         {{"etc/passwd -> a", "etc/a -> passwd"}},
         "/etc/passwd leads through more than 40 links"},
        {"ToTheRoot", {{"etc/passwd -> /"}}, "/etc/passwd is a link to the root"},
        {"UpOutOfWhatItEntered",
         {{"etc/passwd -> a/../pw", "etc/pw=p"}},
         "/etc/passwd in layer 1 of 1 is a link to a/../pw, which runtimes read differently"},
        {"ToADirectory",
         {{"etc/passwd -> d", "etc/d/"}},
         "/etc/passwd is a directory in layer 1 of 1"},
        {"BothToTheSame", {{"etc/passwd -> /x", "etc/group -> /x", "x=both"}}, "both", "both"},
        {"WrittenThrough",
         {{"etc/passwd=p"}, {"a -> etc", "a/passwd=q"}},
         "{2} writes through links of its own, which runtimes do "
         "differently"},
        {"WrittenThroughLater",
         {{"etc/passwd=p"}, {"etc/", "a/.wh.passwd", "a -> etc"}},
         "{2} writes through links of its own, which runtimes do "
         "differently"},
        {"OpaqueThrough",
         {{"etc/passwd=p"}, {"a -> etc", "a/.wh..wh..opq"}},
         "{2} writes through links of its own, which runtimes do "
         "differently"},
        {"WrittenThroughALinkToTheRoot",
         {{"etc/passwd=p"}, {"a -> /", "a/etc/x=y"}},
         "{2} writes through links of its own, which runtimes do differently"},
        {"WrittenThroughALinkToItsDirectory",
         {{"etc -> cfg", "cfg/passwd=p"}, {"a -> etc", "a/x=y"}},
         "{2} writes through links of its own, which runtimes do differently"},
        {"WrittenThroughALinkToSomethingElse",
         {{"etc/passwd=p"}, {"lib -> usr/lib", "lib/x=y", "lib/y/z=w"}},
         "p"},
        {"NamesakesThatAreNotBelowLinks",
         {{"bin -> usr/bin", "usr/bin/passwd=x", "usr/share/doc/group/", "etc/passwd=p"}},
         "p"},
    }),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    HardLinks,
    AccountSearch,
    testing::ValuesIn(std::vector<search_case>{
        {"OfTheSameLayer", {{"etc/pw=p", "etc/passwd => etc/pw"}}, "p"},
        {"AsItWasAtThatPoint", {{"etc/pw=old", "etc/passwd => etc/pw", "etc/pw=new"}}, "old"},
        {"AsItWasInThatLayer", {{"etc/pw=old", "etc/passwd => etc/pw"}, {"etc/pw=new"}}, "old"},
        {"ThoughRemovedLater", {{"a/pw=p", "etc/passwd => a/pw"}, {".wh.a"}}, "p"},
        {"OfALayerBelow", {{"etc/pw=p"}, {"etc/passwd => etc/pw"}}, "p"},
        {"Absolute", {{"etc/pw=p", "etc/passwd => /etc/pw"}}, "p"},
        {"Chain", {{"a=p", "b => a", "etc/passwd => b"}}, "p"},
        {"OfASymbolicLink", {{"x/pw -> t", "x/t=no", "etc/passwd => x/pw", "etc/t=p"}}, "p"},
        {"OfASymbolicLinkSeenFromTheNewest",
         {{"x/pw -> /t", "etc/passwd => x/pw", "t=old"}, {"t=new"}},
         "new"},
        {"BelowALinkedDirectory", {{"a -> b", "b/pw=p", "etc/passwd => a/pw"}}, "p"},
        {"ToNothing",
         {{"etc/passwd => etc/pw"}},
         "/etc/passwd is a hard link to /etc/pw, which is not there"},
        {"ToWhatComesLater",
         {{"etc/passwd => etc/pw", "etc/pw=p"}},
         "/etc/passwd is a hard link to /etc/pw, which is not there"},
        {"ToItself",
         {{"etc/passwd => etc/passwd"}},
         "/etc/passwd is a hard link to /etc/passwd, which is not there"},
        {"LeavesTheRoot",
         {{"etc/passwd => ../x"}},
         "/etc/passwd in layer 1 of 1 is a hard link that leaves the root: \"../x\""},
        {"OfTheDirectory",
         {{"x/", "etc => x"}},
         "/etc/passwd cannot be told: layer 1 of 1 makes /etc a hard link"},
    }),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Kinds,
    AccountSearch,
    testing::ValuesIn(std::vector<search_case>{
        {"Directory", {{"etc/passwd/"}}, "/etc/passwd is a directory in layer 1 of 1"},
        {"Fifo", {{"etc/passwd!"}}, "/etc/passwd is no regular file in layer 1 of 1"},
        {"DirectoryOverAFile",
         {{"etc/passwd=p"}, {"etc/passwd/"}},
         "/etc/passwd is a directory in layer 2 of 2"},
        {"FileOverADirectory", {{"etc/passwd/x=y"}, {"etc/passwd=p"}}, "p"},
        {"ParentIsAFile",
         {{"etc/passwd=p"}, {"etc=x"}},
         "/etc/passwd cannot be told: /etc is not a directory (layer 2 of 2)"},
        {"ParentWasAFile", {{"etc=x"}, {"etc/", "etc/passwd=p"}}, "p"},
        {"ParentWasAFileAndCoversIt", {{"etc=x"}, {"etc/"}}, absent},
        {"ParentWasALinkAndCoversIt",
         {{"etc -> cfg", "cfg/passwd=no"}, {"etc/", "etc/x=y"}},
         absent},
        {"ParentIsALinkThatIsWrittenThrough",
         {{"etc -> cfg", "cfg/passwd=no"}, {"etc/x=y"}},
         "/etc/passwd cannot be told: a newer layer writes below /etc, which is a link in layer 1 "
         "of 2"},
        {"ParentIsAFileThatIsWrittenBelow",
         {{"etc=x"}, {"etc/y=z"}},
         "/etc/passwd cannot be told: a newer layer writes below /etc, which is a file in layer 1 "
         "of 2"},
        {"ReplacedWithinALayer", {{"etc/passwd=p", "etc=x", "etc/", "etc/group=g"}}, absent, "g"},
        {"DirectoryToldTwiceKeepsItsContent", {{"etc/", "etc/passwd=p", "etc/"}}, "p"},
    }),
    testing_support::case_name()
);

TEST(AccountSearchOrder, ReadsNewestFirstAndNoFurtherThanNeeded) {
    const auto searched = search_layers(archives(
        {{"etc/passwd=no"}, {"etc/passwd=no"}, {"etc/passwd=p", "etc/group=g"}, {"x=y"}, {"x=y"}}
    ));
    EXPECT_EQ(searched.outcome.value(), (account_files{"p", "g"}));
    EXPECT_THAT(searched.scans, ElementsAre(4, 3, 2));
}

TEST(AccountSearchOrder, SeeksBothFilesInOnePass) {
    const auto searched = search_layers(archives({{"etc/group=g"}, {"x=y"}, {"etc/passwd=p"}}));
    EXPECT_EQ(searched.outcome.value(), (account_files{"p", "g"}));
    EXPECT_THAT(searched.scans, ElementsAre(2, 1, 0));
}

TEST(AccountSearchOrder, FollowsALinkOfBothInOneMorePass) {
    const auto searched =
        search_layers(archives({{"etc -> cfg", "cfg/passwd=p", "cfg/group=g"}, {"x=y"}, {"x=y"}}));
    EXPECT_EQ(searched.outcome.value(), (account_files{"p", "g"}));
    EXPECT_THAT(searched.scans, ElementsAre(2, 1, 0, 2, 1, 0));
}

TEST(AccountSearchOrder, TheFileThatIsAheadWaitsForTheOther) {
    // passwd starts again from the newest layer; group goes on below only when it has caught up.
    const auto searched = search_layers(
        archives({{"etc/group=g"}, {"x=y"}, {"data/pw=p"}, {"etc/passwd -> /data/pw"}, {"x=y"}})
    );
    EXPECT_EQ(searched.outcome.value(), (account_files{"p", "g"}));
    EXPECT_THAT(searched.scans, ElementsAre(4, 3, 2, 4, 3, 2, 1, 0));
}

TEST(AccountSearchOrder, AsksForTwoLayersAtOnceAndTakesThemInAnyOrder) {
    account_search search(4);
    const auto first = search.take_requests();
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].layer, 3U);
    EXPECT_EQ(first[1].layer, 2U);
    const layer_question both{{.path = "etc/passwd"}, {.path = "etc/group"}};
    EXPECT_EQ(first[0].question, both);
    EXPECT_EQ(first[1].question, both);
    EXPECT_TRUE(search.take_requests().empty());

    const layer_node directory{.kind = node_kind::directory};
    const layer_node file{.kind = node_kind::file, .text = "x"};
    const layer_node none;
    search.give(2, {.paths = {{directory, file}, {directory, none}}});
    EXPECT_TRUE(search.take_requests().empty()) << "what was found below waits for what is above";
    search.give(3, {.paths = {{none, none}, {none, none}}});
    const auto second = search.take_requests();
    ASSERT_EQ(second.size(), 2U);
    EXPECT_EQ(second[0].layer, 1U);
    EXPECT_EQ(second[0].question, (layer_question{{.path = "etc/group"}}));
    search.give(1, {.paths = {{directory, file}}});
    ASSERT_TRUE(search.outcome());
    EXPECT_EQ(search.outcome()->value(), (account_files{"x", "x"}));
    search.give(0, {.paths = {{directory, file}}}); // in vain
    EXPECT_EQ(search.outcome()->value(), (account_files{"x", "x"}));
}

TEST(AccountSearchLimits, EveryPassCountsAgainstTheImage) {
    const auto layers = archives({{"etc -> cfg", "cfg/passwd=p"}, {"x=y"}});
    const std::uint64_t once = layers[0].size() + layers[1].size();
    EXPECT_TRUE(search_layers(layers, {.layer_bytes = once, .image_bytes = 2 * once}).outcome);
    const auto beyond = search_layers(layers, {.layer_bytes = once, .image_bytes = 2 * once - 1});
    ASSERT_FALSE(beyond.outcome);
    EXPECT_EQ(
        beyond.outcome.error().detail(),
        "the layers hold more than " + std::to_string(2 * once - 1) + " bytes (limits.imageBytes)"
    );
}

TEST(AccountSearchLimits, LayersReadSideBySideCountTogether) {
    account_search search(2, {.layer_bytes = 100, .image_bytes = 100});
    ASSERT_EQ(search.take_requests().size(), 2U);
    search.give(0, {.paths = {{{}, {}}, {{}, {}}}, .bytes = 60});
    search.give(1, {.paths = {{{}, {}}, {{}, {}}}, .bytes = 60});
    ASSERT_TRUE(search.outcome());
    EXPECT_EQ(
        search.outcome()->error().detail(),
        "the layers hold more than 100 bytes (limits.imageBytes)"
    );
}

TEST(AccountSearchLimits, TooManyLayers) {
    const account_search search(501);
    ASSERT_TRUE(search.outcome());
    EXPECT_EQ(
        search.outcome()->error().detail(),
        "501 layers are more than the 500 that an image can have"
    );
}

TEST(AccountSearchLimits, FindingsThatDoNotFitTheQuestionAreNoAnswer) {
    account_search search(1);
    ASSERT_EQ(search.take_requests().size(), 1U);
    search.give(0, {});
    ASSERT_TRUE(search.outcome());
    EXPECT_EQ(search.outcome()->error().detail(), "/etc/passwd was not looked for");
}

} // namespace
} // namespace gatehouse::server
