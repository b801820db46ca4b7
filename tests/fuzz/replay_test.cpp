// Every kept input once more, on every run of the tests: seeds, and what a fuzzer once found. A claim
// that does not hold ends the program; the last file named is the one (not with --gtest_brief).
#include "tests/fuzz/fuzz.h"
#include "tests/support/case_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::fuzzing {
namespace {

namespace fs = std::filesystem;

struct decoder {
    std::string name; ///< of its test
    std::string directory;
    void (*run)(std::string_view);
};

const std::vector<decoder> decoders = {
    {"AccountSearch", "account_search", fuzz_account_search},
    {"Accounts", "accounts", fuzz_accounts},
    {"Bundle", "bundle", fuzz_bundle},
    {"Challenge", "challenge", fuzz_challenge},
    {"DockerConfig", "docker_config", fuzz_docker_config},
    {"LayerGzip", "layer_gzip", fuzz_layer_gzip},
    {"LayerTar", "layer_tar", fuzz_layer_tar},
    {"LayerZstd", "layer_zstd", fuzz_layer_zstd},
    {"Manifest", "manifest", fuzz_manifest},
    {"OciManifest", "oci_manifest", fuzz_oci_manifest},
    {"Pattern", "pattern", fuzz_pattern},
    {"Pod", "pod", fuzz_pod},
    {"PolicyDocument", "policy_document", fuzz_policy_document},
    {"PublicKey", "public_key", fuzz_public_key},
    {"Reference", "reference", fuzz_reference},
    {"Review", "review", fuzz_review},
    {"ReviewBody", "review_body", fuzz_review_body},
    {"ServerConfiguration", "server_configuration", fuzz_server_configuration},
    {"SimpleSigning", "simple_signing", fuzz_simple_signing},
    {"WatchEvents", "watch_events", fuzz_watch_events},
    {"YamlTree", "yaml_tree", fuzz_yaml_tree},
};

const fs::path home = GATEHOUSE_FUZZ_HOME;

std::vector<fs::path> files_in(const fs::path& directory) {
    std::vector<fs::path> files;
    if (fs::exists(directory)) {
        std::ranges::copy(fs::directory_iterator(directory), std::back_inserter(files));
    }
    std::ranges::sort(files);
    return files;
}

void replay(const decoder& with, const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    ASSERT_TRUE(in) << file;
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    if (!GTEST_FLAG_GET(brief)) {
        std::cout << file.lexically_relative(home).string() << std::endl;
    }
    with.run({bytes.data(), bytes.size()});
}

class Replay : public testing::TestWithParam<decoder> {};

TEST_P(Replay, ClaimsHoldForSeeds) {
    const auto files = files_in(home / "seeds" / GetParam().directory);
    EXPECT_FALSE(files.empty()) << "no seeds for " << GetParam().directory;
    for (const fs::path& file : files) {
        replay(GetParam(), file);
    }
}

TEST_P(Replay, ClaimsHoldForPastFinds) {
    for (const fs::path& file : files_in(home / "crashes" / GetParam().directory)) {
        replay(GetParam(), file);
    }
}

TEST_P(Replay, ClaimsHoldForSeedsCutAnywhere) {
    for (const fs::path& file : files_in(home / "seeds" / GetParam().directory)) {
        std::ifstream in(file, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        const std::size_t step = std::max<std::size_t>(bytes.size() / 64, 1);
        for (std::size_t size = 0; size < bytes.size(); size += step) {
            const std::vector<char> part(
                bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)
            );
            GetParam().run({part.data(), part.size()});
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Decoders,
    Replay,
    testing::ValuesIn(decoders),
    testing_support::case_name()
);

TEST(Replay, EveryDirectoryOfInputsHasItsDecoder) {
    for (const char* kind : {"seeds", "crashes"}) {
        for (const fs::path& directory : files_in(home / kind)) {
            EXPECT_TRUE(std::ranges::any_of(decoders, [&](const decoder& one) {
                return one.directory == directory.filename();
            })) << directory;
        }
    }
}

} // namespace
} // namespace gatehouse::fuzzing
