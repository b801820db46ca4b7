#include "server/image/image_layer.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

struct type_case {
    std::string name;
    std::string type;
    std::optional<layer_compression> compression;
};

class LayerType : public testing::TestWithParam<type_case> {};

TEST_P(LayerType, SaysTheCompression) {
    EXPECT_EQ(layer_compression_of(GetParam().type), GetParam().compression);
}

INSTANTIATE_TEST_SUITE_P(
    Types,
    LayerType,
    testing::ValuesIn(std::vector<type_case>{
        {"Oci", "application/vnd.oci.image.layer.v1.tar", layer_compression::none},
        {"OciGzip", "application/vnd.oci.image.layer.v1.tar+gzip", layer_compression::gzip},
        {"OciZstd", "application/vnd.oci.image.layer.v1.tar+zstd", layer_compression::zstd},
        {"OciNondistributable",
         "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
         layer_compression::gzip},
        {"Docker", "application/vnd.docker.image.rootfs.diff.tar", layer_compression::none},
        {"DockerGzip",
         "application/vnd.docker.image.rootfs.diff.tar.gzip",
         layer_compression::gzip},
        {"DockerZstd",
         "application/vnd.docker.image.rootfs.diff.tar.zstd",
         layer_compression::zstd},
        {"DockerForeign",
         "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
         layer_compression::gzip},
        {"Encrypted", "application/vnd.oci.image.layer.v1.tar+gzip+encrypted", std::nullopt},
        {"Xz", "application/vnd.oci.image.layer.v1.tar+xz", std::nullopt},
        {"Attestation", "application/vnd.in-toto+json", std::nullopt},
        {"Nothing", "", std::nullopt},
    }),
    testing_support::case_name()
);

} // namespace
} // namespace gatehouse::server
