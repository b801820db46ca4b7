#include "server/registry/image_config.h"

#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

struct config_case {
    std::string name;
    std::string body;
    std::string expected; ///< "os/architecture/variant user", or the error
};

class ImageConfig : public testing::TestWithParam<config_case> {};

TEST_P(ImageConfig, IsReadAsRuntimesReadIt) {
    const auto read = parse_image_config(GetParam().body);
    if (!read) {
        EXPECT_EQ(read.error().detail(), GetParam().expected);
        return;
    }
    const image_config& got = read.value();
    EXPECT_EQ(
        got.os + "/" + got.architecture + "/" + got.variant + " " + got.user, GetParam().expected
    );
}

INSTANTIATE_TEST_SUITE_P(
    Bodies,
    ImageConfig,
    testing::Values(
        config_case{
            "Whole",
            R"({"os":"linux","architecture":"arm","variant":"v7","config":{"User":"app:app"}})",
            "linux/arm/v7 app:app"},
        config_case{
            "NoUser",
            R"({"os":"linux","architecture":"amd64","config":{}})",
            "linux/amd64/ "},
        config_case{"NoConfig", R"({"os":"linux","architecture":"amd64"})", "linux/amd64/ "},
        config_case{"NullConfig", R"({"os":"linux","config":null})", "linux// "},
        config_case{"NullUser", R"({"config":{"User":null}})", "// "},
        config_case{"AnyCase", R"({"OS":"linux","Config":{"uSER":"7"}})", "linux// 7"},
        config_case{"LongS", R"({"config":{"uſer":"7"}})", "// 7"},
        config_case{"UserTwice", R"({"config":{"User":"7","User":"0"}})", "has user twice"},
        config_case{"UserInTwoCases", R"({"config":{"User":"7","user":"0"}})", "has user twice"},
        config_case{"UserWithLongS", R"({"config":{"User":"7","uſer":"0"}})", "has user twice"},
        config_case{
            "ConfigTwice",
            R"({"config":{"User":"7"},"Config":{"User":"0"}})",
            "has config twice"},
        config_case{"NullBesideUser", R"({"config":{"User":"7","user":null}})", "has user twice"},
        config_case{"UserIsANumber", R"({"config":{"User":7}})", "has user that is no text"},
        config_case{"ConfigIsAList", R"({"config":[]})", "has config that is no object"},
        config_case{"OsIsAList", R"({"os":[]})", "has os that is no text"},
        config_case{"AList", "[]", "is not a JSON object"},
        config_case{"Nothing", "", "is not a JSON object"},
        config_case{"Truncated", R"({"config":{"User":"7")", "is not a JSON object"},
        config_case{
            "LongUser",
            R"({"config":{"User":")" + std::string(257, 'a') + R"("}})",
            "has a User of more than 256 bytes"}
    ),
    testing_support::case_name()
);

TEST(HugeImageConfig, IsRefused) {
    const auto read = parse_image_config(std::string(longest_image_config + 1, ' '));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().detail(), "is not a JSON object");
}

} // namespace
} // namespace gatehouse::server
