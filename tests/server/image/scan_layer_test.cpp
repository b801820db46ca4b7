#include "server/image/scan_layer.h"

#include "tests/support/case_name.h"
#include "tests/support/layer_images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using testing_support::gzip_of;
using testing_support::layer_of;
using testing_support::pax_record;
using testing_support::tar_block;
using testing_support::tar_end;
using testing_support::tar_entry;
using testing_support::tar_extension;
using testing_support::tar_header;
using testing_support::tar_of;
using testing_support::tar_padded;
using testing_support::text_source;
using testing_support::zstd_of;

const layer_question passwd{{.path = "etc/passwd"}};
constexpr std::size_t mebibyte = std::size_t{1} << 20;

policy::result<layer_findings> scan(
    const std::string& bytes,
    layer_compression compression = layer_compression::none,
    std::size_t piece = 1 << 16,
    const scan_limits& limits = {}
) {
    text_source from(bytes, piece);
    return scan_layer(layer_of(bytes, compression), passwd, limits, from);
}

/// The content of /etc/passwd, or what is wrong, without the layer's name in front.
std::string told(const std::string& bytes, const policy::result<layer_findings>& found) {
    if (!found) {
        const std::string name = name_of(layer_of(bytes)) + ' ';
        const std::string& detail = found.error().detail();
        return detail.starts_with(name) ? detail.substr(name.size()) : detail;
    }
    return found.value().paths.at(0).at(1).text;
}

std::string told_of(
    const std::string& bytes,
    layer_compression compression = layer_compression::none
) {
    return told(bytes, scan(bytes, compression));
}

const std::string good = tar_of({"bin/", "bin/sh=x", "etc/", "etc/passwd=root:x:0:0", "z=1"});

TEST(ScanLayer, ReadsEveryCompressionInPiecesOfAnySize) {
    const std::vector<std::pair<layer_compression, std::string>> layers{
        {layer_compression::none, good},
        {layer_compression::gzip, gzip_of(good)},
        {layer_compression::zstd, zstd_of(good)}};
    for (const auto& [compression, bytes] : layers) {
        for (const std::size_t piece : {1U, 7U, 512U, 100000U}) {
            const auto found = scan(bytes, compression, piece);
            ASSERT_TRUE(found) << found.error().detail();
            EXPECT_EQ(found.value().paths.at(0).at(1).text, "root:x:0:0");
            EXPECT_EQ(found.value().bytes, good.size());
            EXPECT_EQ(found.value().entries, 5U);
        }
    }
}

TEST(ScanLayer, ReadsSeveralMembersAndFrames) {
    const std::string head = good.substr(0, 700);
    const std::string tail = good.substr(700);
    const std::string empty;
    EXPECT_EQ(
        told_of(gzip_of(head) + gzip_of(empty) + gzip_of(tail), layer_compression::gzip),
        "root:x:0:0"
    );
    const std::string skippable("\x5f\x2a\x4d\x18\x03\0\0\0abc", 11);
    EXPECT_EQ(
        told_of(
            skippable + zstd_of(head) + zstd_of(empty) + zstd_of(tail) + skippable,
            layer_compression::zstd
        ),
        "root:x:0:0"
    );
}

TEST(ScanLayer, VerifiesBySha512Too) {
    image_layer layer = layer_of(good);
    layer.digest = policy::digest::of(good, policy::digest_algorithm::sha512);
    text_source from(good);
    EXPECT_TRUE(scan_layer(layer, passwd, {}, from));
}

TEST(ScanLayer, NamesTheLayer) {
    image_layer layer = layer_of(good, layer_compression::gzip, 2, 20);
    text_source from(good);
    const auto found = scan_layer(layer, passwd, {}, from);
    ASSERT_FALSE(found);
    EXPECT_EQ(
        found.error().detail(),
        "layer 3 of 20 (" + layer.digest.text().substr(0, 19)
            + "...) is not gzip, as its media type says"
    );
}

TEST(ScanLayer, FindingsCountOnlyWithTheirDigestAndSize) {
    const auto scan_as = [](std::string bytes, auto change) {
        image_layer layer = layer_of(bytes);
        change(layer);
        text_source from(bytes);
        const auto found = scan_layer(layer, passwd, {}, from);
        return found ? "found" : found.error().detail().substr(name_of(layer).size() + 1);
    };
    EXPECT_EQ(scan_as(good, [](image_layer&) {}), "found");
    EXPECT_EQ(
        scan_as(good, [](image_layer& layer) { layer.digest = policy::digest::of("other"); }),
        "is not what its digest says"
    );
    EXPECT_EQ(
        scan_as(good, [](image_layer& layer) { ++layer.size; }),
        "is 5120 bytes long, not the 5121 of its descriptor"
    );
    EXPECT_EQ(
        scan_as(good, [](image_layer& layer) { --layer.size; }),
        "is longer than the 5119 bytes of its descriptor"
    );
}

TEST(ScanLayer, PassesOnWhyItsSourceFails) {
    struct failing final : byte_source {
        policy::result<std::size_t> read(std::span<char>) override {
            return policy::error(policy::errc::timeout, "nothing came for 30 s");
        }
    };
    for (const auto compression :
         {layer_compression::none, layer_compression::gzip, layer_compression::zstd}) {
        failing from;
        const auto found = scan_layer(layer_of(good, compression), passwd, {}, from);
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code(), policy::errc::timeout);
        EXPECT_EQ(found.error().detail(), "nothing came for 30 s");
    }
}

struct claim_case {
    std::string name;
    layer_compression compression;
    std::string bytes;
    std::string told;
};

class LayerClaims : public testing::TestWithParam<claim_case> {};

TEST_P(LayerClaims, AreHeldAgainstTheBytes) {
    EXPECT_EQ(told_of(GetParam().bytes, GetParam().compression), GetParam().told);
}

std::string changed(std::string bytes, std::size_t at) {
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ 0x55);
    return bytes;
}

INSTANTIATE_TEST_SUITE_P(
    Layers,
    LayerClaims,
    testing::ValuesIn(std::vector<claim_case>{
        {"EmptyTar", layer_compression::none, tar_end(), ""},
        {"NoBytes", layer_compression::none, "", ""},
        {"NoBytesAsGzip", layer_compression::gzip, "", "is not gzip, as its media type says"},
        {"NoBytesAsZstd", layer_compression::zstd, "", "is not zstd, as its media type says"},
        {"TarAsGzip", layer_compression::gzip, good, "is not gzip, as its media type says"},
        {"TarAsZstd", layer_compression::zstd, good, "is not zstd, as its media type says"},
        {"ZstdAsGzip",
         layer_compression::gzip,
         zstd_of(good),
         "is not gzip, as its media type says"},
        {"GzipAsZstd",
         layer_compression::zstd,
         gzip_of(good),
         "is not zstd, as its media type says"},
        {"GzipAsTar", layer_compression::none, gzip_of(good), "is not a tar archive"},
        {"GzipInGzip", layer_compression::gzip, gzip_of(gzip_of(good)), "is not a tar archive"},
        {"TextAsTar", layer_compression::none, std::string(2000, 'x'), "is not a tar archive"},
        {"ZipAsTar",
         layer_compression::none,
         tar_padded(std::string("PK\3\4\24\0\0\0\0\0", 10)) + tar_end(),
         "is not a tar archive"},
        {"GzipCut",
         layer_compression::gzip,
         gzip_of(good).substr(0, gzip_of(good).size() - 20),
         "ends in the middle of its gzip data"},
        {"GzipWithoutItsLastByte",
         layer_compression::gzip,
         gzip_of(good).substr(0, gzip_of(good).size() - 1),
         "ends in the middle of its gzip data"},
        {"GzipOneByte", layer_compression::gzip, "\x1f", "is not gzip, as its media type says"},
        {"GzipHeaderAlone",
         layer_compression::gzip,
         gzip_of(good).substr(0, 10),
         "ends in the middle of its gzip data"},
        {"GzipWithAnotherChecksum",
         layer_compression::gzip,
         changed(gzip_of(good), gzip_of(good).size() - 6),
         "has damaged gzip data"},
        {"GzipAndMore",
         layer_compression::gzip,
         gzip_of(good) + "more",
         "has something behind its gzip data"},
        {"ZstdCut",
         layer_compression::zstd,
         zstd_of(good).substr(0, zstd_of(good).size() - 20),
         "ends in the middle of its zstd data"},
        {"ZstdDamaged",
         layer_compression::zstd,
         changed(zstd_of(good), 8),
         "has damaged zstd data"},
        {"ZstdAndMore", layer_compression::zstd, zstd_of(good) + "more", "has damaged zstd data"},
        {"ZstdWithAHugeWindow",
         layer_compression::zstd,
         zstd_of(good, 26),
         "needs more than 32 MiB to be decompressed"},
        {"ZstdWithALargeWindow", layer_compression::zstd, zstd_of(good, 25), "root:x:0:0"},
        {"TarCutInAHeader",
         layer_compression::none,
         good.substr(0, 2 * 512 + 100),
         "is damaged or cut off behind entry 2"},
        {"TarCutInContent",
         layer_compression::none,
         tar_entry("a=" + std::string(2000, 'x')).substr(0, 1024),
         "is damaged or cut off behind entry 1"},
        {"PasswdCut",
         layer_compression::none,
         tar_entry("etc/passwd=" + std::string(2000, 'x')).substr(0, 1024),
         "is damaged or cut off behind entry 1"},
        {"TarWithoutItsEnd",
         layer_compression::none,
         good.substr(0, good.size() - 1024),
         "root:x:0:0"},
        {"TarWithHalfAnEnd",
         layer_compression::none,
         good.substr(0, good.size() - 512),
         "root:x:0:0"},
        {"TarThatGoesOnBehindHalfAnEnd",
         layer_compression::none,
         tar_entry("etc/passwd=old") + std::string(512, '\0') + tar_of({"etc/passwd=new"}),
         "is damaged behind entry 1"},
        {"TwoArchives",
         layer_compression::none,
         tar_of({"etc/passwd=first"}) + tar_of({"etc/passwd=second"}),
         "first"},
        {"RubbishBehindTheEnd",
         layer_compression::none,
         good + std::string(3000, 'x'),
         "root:x:0:0"},
    }),
    testing_support::case_name()
);

TEST(LayerLimits, BytesOfALayer) {
    const std::string zeros =
        gzip_of(tar_entry("big=" + std::string(4 * mebibyte, '\0')) + tar_end());
    scan_limits limits;
    limits.limits.layer_bytes = mebibyte;
    EXPECT_EQ(
        told(zeros, scan(zeros, layer_compression::gzip, 1 << 16, limits)),
        "holds more than 1048576 bytes (limits.layerBytes)"
    );
    limits.limits.layer_bytes = 8 * mebibyte;
    EXPECT_TRUE(scan(zeros, layer_compression::gzip, 1 << 16, limits));
}

TEST(LayerLimits, BytesOfTheImage) {
    const std::string zeros = zstd_of(tar_entry("big=" + std::string(mebibyte, '\0')) + tar_end());
    scan_limits limits;
    limits.image_bytes_left = 1000;
    EXPECT_EQ(
        told(zeros, scan(zeros, layer_compression::zstd, 1 << 16, limits)),
        "and those read before it hold more than 1073741824 bytes (limits.imageBytes)"
    );
}

TEST(LayerLimits, BytesBehindTheEndOfTheArchiveCount) {
    const std::string zeros = gzip_of(good + std::string(4 * mebibyte, '\0'));
    scan_limits limits;
    limits.limits.layer_bytes = mebibyte;
    EXPECT_EQ(
        told(zeros, scan(zeros, layer_compression::gzip, 1 << 16, limits)),
        "holds more than 1048576 bytes (limits.layerBytes)"
    );
}

TEST(LayerLimits, TheAccountFile) {
    const std::string fits(longest_account_file, 'x');
    EXPECT_EQ(told_of(tar_of({"etc/passwd=" + fits})), fits);
    const auto beyond = scan(tar_of({"etc/passwd=" + fits + "y"}));
    ASSERT_TRUE(beyond);
    EXPECT_TRUE(beyond.value().paths.at(0).at(1).is_too_long);
    EXPECT_EQ(beyond.value().paths.at(0).at(1).text, "");
    // What replaces it counts.
    EXPECT_EQ(told_of(tar_of({"etc/passwd=" + fits + "y", "etc/passwd=short"})), "short");
}

TEST(LayerLimits, PathsAndLinks) {
    const std::string deep = [] {
        std::string path;
        while (path.size() < 4000) {
            path += "d/";
        }
        return path;
    }();
    EXPECT_EQ(
        told_of(
            tar_extension('x', pax_record("path", deep)) + tar_block({.name = "x", .type = '5'})
            + good
        ),
        "root:x:0:0"
    );
    EXPECT_EQ(
        told_of(tar_extension('L', deep + deep) + tar_block({.name = "x", .type = '5'}) + good),
        "entry 1 has a path of more than 4096 bytes"
    );
    EXPECT_EQ(
        told_of(
            tar_extension('K', deep + deep) + tar_block({.name = "x", .type = '2', .link = "y"})
            + good
        ),
        "entry 1 is a link to a path of more than 4096 bytes"
    );
}

TEST(LayerLimits, Headers) {
    const std::string large = tar_extension('x', pax_record("comment", std::string(900'000, 'c')));
    EXPECT_EQ(told_of(tar_entry("a") + large + good), "root:x:0:0");
    const std::string huge =
        tar_extension('x', pax_record("comment", std::string(2 * mebibyte, 'c')));
    EXPECT_EQ(told_of(tar_entry("a") + huge + good), "is damaged or cut off behind entry 1");
    std::string global;
    for (int i = 0; i < 4; ++i) {
        global += tar_extension('g', pax_record("comment", std::string(900'000, 'c')));
    }
    EXPECT_EQ(
        told_of(tar_entry("a") + global + good), "entry 2 has headers of more than 1048576 bytes"
    );
}

TEST(LayerLimits, ManyEntries) {
    std::string entries;
    entries.reserve(512 * std::size_t{200'000});
    const std::string one = tar_entry("usr/share/doc/passwd -> ../x");
    const std::string other = tar_entry("usr/share/dir/");
    for (int i = 0; i < 200'000; ++i) {
        entries += i % 10 == 0 ? one : other;
    }
    const std::string layer = entries + good;
    scan_limits limits;
    limits.limits.layer_bytes = layer.size();
    const auto found = scan(layer, layer_compression::none, 1 << 16, limits);
    ASSERT_TRUE(found) << found.error().detail();
    EXPECT_EQ(found.value().entries, 200'005U);
    EXPECT_EQ(found.value().paths.at(0).at(1).text, "root:x:0:0");
}

} // namespace
} // namespace gatehouse::server
