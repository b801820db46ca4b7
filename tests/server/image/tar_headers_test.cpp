// What two readers of tar could see differently: every case goes through libarchive and our reading of the headers.
#include "server/image/tar_headers.h"

#include "tests/support/case_name.h"
#include "tests/support/layer_images.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using testing_support::layer_of;
using testing_support::pax_record;
using testing_support::tar_block;
using testing_support::tar_end;
using testing_support::tar_entry;
using testing_support::tar_extension;
using testing_support::tar_padded;
using testing_support::text_source;

struct header_case {
    std::string name;
    std::string archive; ///< behind an entry "a" and without its end
    std::string told;    ///< content of /etc/passwd, or what is wrong
};

class TarHeaders : public testing::TestWithParam<header_case> {};

TEST_P(TarHeaders, AreReadAsRuntimesDo) {
    const std::string bytes = tar_entry("a") + GetParam().archive + tar_end();
    const image_layer layer = layer_of(bytes);
    text_source from(bytes);
    const auto found = scan_layer(layer, {{.path = "etc/passwd"}}, {}, from);
    EXPECT_EQ(
        found ? found.value().paths.at(0).at(1).text
              : found.error().detail().substr(name_of(layer).size() + 1),
        GetParam().told
    );
}

const std::string body = tar_padded("p");
const std::string gnu("ustar  \0", 8);

/// A file "x" of one byte, "p", behind these extended headers.
std::string file_behind(const std::string& extensions) {
    return extensions + tar_block({.name = "x", .size = 1}) + body;
}

std::string pax(std::string_view key, std::string_view value) {
    return tar_extension('x', pax_record(key, value));
}

std::string with_times(std::string_view times) {
    std::string block = tar_block({.name = "etc/passwd", .size = 1, .magic = gnu});
    unsigned sum = 0;
    block.replace(345, times.size(), times);
    block.replace(148, 8, "        ");
    for (const char c : block) {
        sum += static_cast<unsigned char>(c);
    }
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum);
    block.replace(148, 7, text, 7);
    return block + body;
}

INSTANTIATE_TEST_SUITE_P(
    Good,
    TarHeaders,
    testing::ValuesIn(std::vector<header_case>{
        {"Ustar", tar_block({.name = "etc/passwd", .size = 1}) + body, "p"},
        {"Gnu", tar_block({.name = "etc/passwd", .size = 1, .magic = gnu}) + body, "p"},
        {"Old",
         tar_block({.name = "etc/passwd", .type = '\0', .size = 1, .magic = std::string(8, '\0')})
             + body,
         "p"},
        {"Prefix", tar_block({.name = "passwd", .size = 1, .prefix = "etc"}) + body, "p"},
        {"PaxPath", file_behind(pax("path", "etc/passwd")), "p"},
        {"PaxSize", pax("size", "1") + tar_block({.name = "etc/passwd", .size = 0}) + body, "p"},
        {"PaxLink",
         pax("linkpath", "b") + tar_block({.name = "etc/passwd", .type = '2', .link = "c"}),
         "b"},
        {"PaxInUtf8",
         file_behind(pax("path", "usr/F\xc5\x91tan\xc3\xbas.pem"))
             + tar_block({.name = "etc/passwd", .size = 1}) + body,
         "p"},
        {"NamesThatAreNotUtf8",
         tar_entry("usr/\xff\xfe=x") + tar_block({.name = "etc/passwd", .size = 1}) + body,
         "p"},
        {"PaxAttributesDoNotMatter",
         file_behind(tar_extension(
             'x',
             pax_record("SCHILY.xattr.security.capability", std::string("\1\0\0\2", 4))
                 + pax_record("mtime", "1.5") + pax_record("uid", "1000")
                 + pax_record("path", "etc/passwd")
         )),
         "p"},
        {"Binary",
         file_behind(tar_extension(
             'x',
             pax_record("hdrcharset", "BINARY") + pax_record("path", "etc/passwd")
         )),
         "p"},
        {"LongName", file_behind(tar_extension('L', std::string("etc/passwd\0", 11))), "p"},
        {"LongLink",
         tar_extension('K', std::string("b\0", 2))
             + tar_block({.name = "etc/passwd", .type = '2', .link = "c", .magic = gnu}),
         "b"},
        {"LongNameAndLink",
         tar_extension('K', std::string("b\0", 2))
             + tar_extension('L', std::string("etc/passwd\0", 11))
             + tar_block({.name = "x", .type = '2', .link = "c", .magic = gnu}),
         "b"},
        {"Global",
         tar_extension('g', pax_record("comment", "0123abcd"))
             + file_behind(pax("path", "etc/passwd")),
         "p"},
        {"Times", with_times("00000000001"), "p"},
        {"HardLinkWithTheSizeOfItsFile",
         tar_entry("b=q") + tar_block({.name = "etc/passwd", .type = '1', .size = 1, .link = "b"}),
         "b"},
    }),
    testing_support::case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Refused,
    TarHeaders,
    testing::ValuesIn(std::vector<header_case>{
        {"BehindALongNameAPath",
         file_behind(pax("path", "x") + tar_extension('L', "etc/passwd")),
         "entry 2 has several extended headers"},
        {"BehindAPathALongName",
         file_behind(tar_extension('L', "etc/passwd") + pax("path", "x")),
         "entry 2 has several extended headers"},
        {"TwoPaxHeaders",
         file_behind(pax("path", "x") + pax("path", "etc/passwd")),
         "entry 2 has several extended headers"},
        {"TwoLongNames",
         file_behind(tar_extension('L', "x") + tar_extension('L', "etc/passwd")),
         "entry 2 has several extended headers"},
        {"PathTwice",
         file_behind(tar_extension('x', pax_record("path", "x") + pax_record("path", "etc/passwd"))
         ),
         "entry 2 has a damaged pax header"},
        {"EmptyPath", file_behind(pax("path", "")), "entry 2 has a damaged pax header"},
        {"PathWithNul",
         file_behind(pax("path", std::string("etc/passwd\0x", 12))),
         "entry 2 has a damaged pax header"},
        {"LengthTooLarge",
         file_behind(tar_extension('x', "99 path=etc/passwd\n")),
         "entry 2 has a damaged pax header"},
        {"LengthTooSmall",
         file_behind(tar_extension('x', "9 path=etc/passwd\n")),
         "entry 2 has a damaged pax header"},
        {"SizeThatIsNoNumber",
         pax("size", "1x") + tar_block({.name = "etc/passwd"}),
         "entry 2 has a damaged pax header"},
        {"SizeOfADirectory",
         pax("size", "512") + tar_block({.name = "d/", .type = '5'}) + tar_entry("etc/passwd"),
         "entry 2 has a size and no content"},
        {"GlobalPath",
         tar_extension('g', pax_record("path", "etc/passwd")) + file_behind(""),
         "entry 2 has a global pax header that runtimes read differently"},
        {"GlobalBehindAPath",
         file_behind(pax("path", "etc/passwd") + tar_extension('g', pax_record("comment", "x"))),
         "entry 2 has a global pax header that runtimes read differently"},
        {"GlobalWithAName",
         tar_block({.name = "etc/passwd", .type = 'g'}) + file_behind(""),
         "entry 2 has a global pax header that runtimes read differently"},
        {"SparseByPax",
         file_behind(pax("GNU.sparse.name", "etc/passwd")),
         "entry 2 is a sparse file, which runtimes read differently"},
        {"SparseByType",
         tar_block({.name = "etc/passwd", .type = 'S', .size = 1, .magic = gnu}) + body,
         "entry 2 is a sparse file, which runtimes read differently"},
        {"Holes",
         file_behind(pax("SUN.holesdata", " 0 1")),
         "entry 2 is a sparse file, which runtimes read differently"},
        {"CharacterSet",
         file_behind(pax("hdrcharset", "UTF-16")),
         "entry 2 has a path in an unknown character set"},
        {"UnknownType",
         tar_block({.name = "etc/passwd", .type = 'Z', .size = 1}) + body,
         "entry 2 is of a type that runtimes refuse"},
        {"ContiguousFile",
         tar_block({.name = "etc/passwd", .type = '7', .size = 1}) + body,
         "entry 2 is of a type that runtimes refuse"},
        {"VolumeHeader",
         tar_block({.name = "etc/passwd", .type = 'V'}) + tar_entry("b"),
         "entry 2 has more headers than it needs"},
        {"FileWithTheNameOfADirectory",
         tar_block({.name = "etc/", .type = '0'}),
         "entry 2 is read differently by different programs"},
        {"PrefixOfAnotherMagic",
         tar_block({.name = "passwd", .size = 1, .prefix = "etc", .magic = "ustarX00"}) + body,
         "entry 2 has a header that is not tar's"},
        {"PrefixOfAnotherVersion",
         tar_block(
             {.name = "passwd",
              .size = 1,
              .prefix = "etc",
              .magic = std::string(
                  "ustar\0"
                  "01",
                  8
              )}
         ) + body,
         "entry 2 has a header that is not tar's"},
        {"PrefixInGnu", with_times("usr"), "entry 2 has a header that is not tar's"},
        {"HardLinkWithContentBehindPax",
         pax("comment", "x") + tar_block({.name = "b", .type = '1', .size = 512, .link = "a"})
             + tar_entry("etc/passwd"),
         "entry 2 is read differently by different programs"},
        {"Checksum",
         std::string(512, '0') + tar_entry("etc/passwd"),
         "is damaged or cut off behind entry 1"},
    }),
    testing_support::case_name()
);

TEST(TarHeaderBlocks, AreWholeAndHaveAnEntry) {
    EXPECT_EQ(parse_tar_headers("").error().detail(), "is damaged");
    EXPECT_EQ(parse_tar_headers(std::string(100, 'x')).error().detail(), "is damaged");
    EXPECT_EQ(
        parse_tar_headers(tar_extension('x', pax_record("path", "x"))).error().detail(),
        "is damaged"
    );
    EXPECT_EQ(
        parse_tar_headers(tar_block({.name = "x", .type = 'x', .size = 99'999})).error().detail(),
        "is damaged"
    );
}

TEST(TarHeaderBlocks, LargeNumbersInBinary) {
    std::string block = tar_block({.name = "x"});
    block.replace(124, 12, std::string("\x80\0\0\0\0\0\0\2\0\0\0\0", 12));
    block.replace(148, 8, "        ");
    unsigned sum = 0;
    for (const char c : block) {
        sum += static_cast<unsigned char>(c);
    }
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum);
    block.replace(148, 7, text, 7);
    const auto entry = parse_tar_headers(block);
    ASSERT_TRUE(entry) << entry.error().detail();
    EXPECT_EQ(entry.value().size, std::uint64_t{2} << 32);
}

} // namespace
} // namespace gatehouse::server
