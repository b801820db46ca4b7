#include "server/registry/layers.h"

#include "server/registry/blob.h"
#include "tests/support/scripted_registry.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace gatehouse::server {
namespace {

using testing::HasSubstr;
using namespace testing_support;

const std::string home = "GET https://reg.example/v2/team/app";
const std::string oci = "application/vnd.oci.image.layer.v1.tar";

std::string digest_of(std::string_view bytes) { return policy::digest::of(bytes).text(); }

std::string layer(const std::string& type, const std::string& more = R"("size":7)") {
    return fmt::format(R"({{"mediaType":"{}","digest":"{}",{}}})", type, digest_of(type), more);
}

std::string manifest_of(const std::string& layers) {
    return fmt::format(R"({{"schemaVersion":2,"config":{{}},"layers":{}}})", layers);
}

class Layers : public testing::Test {
  protected:
    Layers() {
        at_.base = parse_url("https://reg.example/v2").value();
        at_.repository = "team/app";
    }

    std::string serve(const std::string& body) {
        registry_.on(home + "/manifests/" + digest_of(body), answer_of(200, body));
        return body;
    }
    layers_conversation::result listed(const std::string& manifest) {
        layers_conversation talk(
            at_, policy::digest::of(manifest), memory_, tick_time(std::chrono::seconds(10))
        );
        return converse(talk, registry_).value();
    }
    std::string failure_of(const std::string& manifest) {
        const auto got = listed(manifest);
        const auto* failed = std::get_if<policy::fetch_failure>(&got);
        return failed == nullptr
                   ? "none"
                   : fmt::format("{}: {}", policy::name_of(failed->cause), failed->detail);
    }

    endpoint at_;
    access_memory memory_;
    scripted_registry registry_;
};

TEST_F(Layers, AreListedFromTheBaseUp) {
    const std::vector<std::pair<std::string, layer_compression>> types{
        {oci, layer_compression::none},
        {oci + "+gzip", layer_compression::gzip},
        {oci + "+zstd", layer_compression::zstd},
        {"application/vnd.docker.image.rootfs.diff.tar.gzip", layer_compression::gzip}};
    std::vector<std::string> entries;
    for (const auto& [type, compression] : types) {
        entries.push_back(layer(type));
    }
    const auto got = listed(serve(manifest_of(fmt::format("[{}]", fmt::join(entries, ",")))));
    const auto& layers = std::get<layers_conversation::layers>(got);
    ASSERT_EQ(layers.size(), types.size());
    for (std::size_t i = 0; i < types.size(); ++i) {
        EXPECT_EQ(layers[i].digest.text(), digest_of(types[i].first));
        EXPECT_EQ(layers[i].compression, types[i].second);
        EXPECT_EQ(layers[i].size, 7U);
        EXPECT_EQ(layers[i].index, i);
        EXPECT_EQ(layers[i].count, types.size());
    }
}

TEST_F(Layers, ThatCannotBeReadAreAFailure) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"({"schemaVersion":2,"manifests":[]})", "lists no layers"},
        {R"({"schemaVersion":2})", "lists no layers"},
        {R"({"schemaVersion":2,"Layers":[]})", "lists no layers"},
        {R"({"schemaVersion":2,"layers":[],"LAYERS":[]})", R"(has "layers" twice)"},
        {manifest_of("7"), "has layers that are not a list of at most 100,000"},
        {manifest_of("[" + layer(oci) + "," + layer("image/png") + "]"),
         R"(has a layer 2 that cannot be read: its type is "image/png")"},
        {manifest_of("[" + layer(oci, R"("size":-1)") + "]"),
         fmt::format(R"(has a layer 1 that cannot be read: its type is "{}")", oci)},
        {"[]", "is not a JSON object"},
    };
    for (const auto& [body, problem] : cases) {
        EXPECT_EQ(
            failure_of(serve(body)),
            fmt::format("malformed: the manifest {} of team/app {}", digest_of(body), problem)
        );
    }
}

TEST_F(Layers, OfAManifestWithOtherBytesAreAFailure) {
    const std::string body = manifest_of("[]");
    registry_.on(home + "/manifests/" + digest_of(body), answer_of(200, body + "\n"));
    EXPECT_THAT(failure_of(body), HasSubstr("has another digest"));
    EXPECT_THAT(failure_of("nowhere"), HasSubstr("not_found: "));
}

TEST_F(Layers, BlobsSayHowTheyEnded) {
    const auto ended = [&] {
        blob_conversation talk(
            at_,
            policy::digest::of("blob"),
            4,
            nullptr,
            memory_,
            tick_time(std::chrono::seconds(10))
        );
        return converse(talk, registry_).value();
    };
    const std::string at = home + "/blobs/" + digest_of("blob");
    registry_.on(at, answer_of(200, "blob"));
    EXPECT_TRUE(std::holds_alternative<blob_end>(ended()));
    registry_.on(at, answer_of(200, "blobs"));
    EXPECT_EQ(std::get<policy::fetch_failure>(ended()).cause, policy::failure_cause::too_large);
    registry_.on(at, answer_of(404));
    EXPECT_EQ(
        std::get<policy::fetch_failure>(ended()).detail,
        "reg.example has no team/app@" + digest_of("blob") + ", or does not show it to us"
    );
}

} // namespace
} // namespace gatehouse::server
