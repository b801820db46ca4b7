#include "server/registry/platforms.h"

#include "tests/support/scripted_registry.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace testing_support;

const std::string home = "GET https://reg.example/v2/team/app";

std::string digest_of(std::string_view bytes) { return policy::digest::of(bytes).text(); }

std::string config_of(const std::string& user, const std::string& architecture = "amd64") {
    return fmt::format(
        R"({{"os":"linux","architecture":"{}","config":{{"User":"{}"}}}})", architecture, user
    );
}

std::string manifest_of(const std::string& config) {
    return fmt::format(
        R"({{"schemaVersion":2,"config":{{"digest":"{}","size":{}}},"layers":[]}})",
        digest_of(config),
        config.size()
    );
}

std::string entry(const std::string& manifest, const std::string& more) {
    return fmt::format(R"({{"digest":"{}",{}}})", digest_of(manifest), more);
}

std::string on(const std::string& os, const std::string& architecture) {
    return fmt::format(R"("platform":{{"os":"{}","architecture":"{}"}})", os, architecture);
}

std::string index_of(const std::vector<std::string>& entries) {
    return fmt::format(R"({{"schemaVersion":2,"manifests":[{}]}})", fmt::join(entries, ","));
}

class Platforms : public testing::Test {
  protected:
    Platforms() {
        at_.base = parse_url("https://reg.example/v2").value();
        at_.repository = "team/app";
    }

    std::string serve_manifest(const std::string& body) {
        registry_.on(home + "/manifests/" + digest_of(body), answer_of(200, body));
        return body;
    }
    void serve_config(const std::string& body) {
        registry_.on(home + "/blobs/" + digest_of(body), answer_of(200, body));
    }
    /// An image with that USER.
    std::string image(const std::string& user, const std::string& architecture = "amd64") {
        const std::string config = config_of(user, architecture);
        serve_config(config);
        return serve_manifest(manifest_of(config));
    }

    /// "os/architecture user" of each, or "cause: detail".
    std::vector<std::string> platforms_of(const std::string& root) {
        platforms_conversation talk(
            at_, policy::digest::of(root), memory_, tick_time(std::chrono::seconds(10))
        );
        const auto outcome = converse(talk, registry_);
        if (!outcome) {
            return {"no outcome"};
        }
        if (const auto* failed = std::get_if<policy::fetch_failure>(&*outcome)) {
            return {fmt::format("{}: {}", policy::name_of(failed->cause), failed->detail)};
        }
        std::vector<std::string> out;
        for (const auto& one : std::get<platforms_conversation::platforms>(*outcome)) {
            out.push_back(fmt::format("{}/{} {}", one.os, one.architecture, one.user));
        }
        return out;
    }

    endpoint at_;
    access_memory memory_;
    scripted_registry registry_;
};

TEST_F(Platforms, OfASingleImageComeFromItsConfig) {
    EXPECT_THAT(platforms_of(image("app")), ElementsAre("linux/amd64 app"));
}

TEST_F(Platforms, OfAnIndexAreItsEntriesInOrder) {
    const std::string index = serve_manifest(index_of({
        entry(image("one"), on("linux", "amd64")),
        entry(image("two", "arm64"), on("linux", "arm64")),
        entry(image("", "s390x"), on("linux", "s390x")),
        entry(image("ContainerUser"), on("windows", "amd64")),
    }));
    EXPECT_THAT(
        platforms_of(index),
        ElementsAre(
            "linux/amd64 one", "linux/arm64 two", "linux/s390x ", "windows/amd64 ContainerUser"
        )
    );
}

TEST_F(Platforms, AreNotWhatTellsOfOthers) {
    const std::string unknown = manifest_of("a");
    const std::string index = serve_manifest(index_of({
        entry(image("app"), on("linux", "amd64")),
        entry(unknown, on("unknown", "unknown")),
    }));
    EXPECT_THAT(platforms_of(index), ElementsAre("linux/amd64 app"));
}

TEST_F(Platforms, AreWhatARuntimeWouldRunWhateverAnAnnotationCallsIt) {
    const std::string index = serve_manifest(index_of({entry(
        image("0"),
        R"("annotations":{"vnd.docker.reference.type":"attestation-manifest"},)"
            + on("linux", "amd64")
    )}));
    EXPECT_THAT(platforms_of(index), ElementsAre("linux/amd64 0"));
}

TEST_F(Platforms, AreSpeltAsARuntimeComparesThem) {
    const std::string index = serve_manifest(index_of({
        entry(image("1"), on("Linux", "x86_64")),
        entry(image("2"), on("LINUX", "AArch64")),
        entry(image("3"), on("", "")),
        entry(image("4"), R"("platform":{})"),
        entry(image("5"), on("linux", "i386")),
    }));
    EXPECT_THAT(
        platforms_of(index),
        ElementsAre("linux/amd64 1", "linux/arm64 2", "linux/ 3", "linux/ 4", "linux/386 5")
    );
}

TEST_F(Platforms, OfEntriesWithoutOneComeFromTheConfig) {
    const std::string index =
        serve_manifest(index_of({entry(image("app", "riscv64"), R"("size":7)")}));
    EXPECT_THAT(platforms_of(index), ElementsAre("linux/riscv64 app"));
}

TEST_F(Platforms, OfAnEmptyIndexAreNone) {
    EXPECT_THAT(platforms_of(serve_manifest(index_of({}))), ElementsAre());
}

struct broken_case {
    std::string body;
    std::string problem;
};

TEST_F(Platforms, OfABrokenManifestAreNotGuessed) {
    const std::string image_entry = entry("x", on("linux", "amd64"));
    const std::vector<broken_case> cases{
        {"{", "is not a JSON object"},
        {R"({"schemaVersion":1})", "has no schemaVersion 2"},
        {R"({"schemaVersion":2,"layers":[]})", "has no config"},
        {R"({"schemaVersion":2,"layers":[],"mediaType":)"
         R"("application/vnd.oci.image.index.v1+json"})",
         "calls itself another type than it is"},
        {R"({"schemaVersion":2,"manifests":[],"mediaType":)"
         R"("application/vnd.docker.distribution.manifest.v2+json"})",
         "calls itself another type than it is"},
        {R"({"schemaVersion":2,"config":{"digest":"sha256:1"},"layers":[]})", "has no config"},
        {R"({"schemaVersion":2,"manifests":[],"layers":[]})", "is an index where an image belongs"},
        {R"({"schemaVersion":2,"manifests":[],"Manifests":[]})", R"(has "manifests" twice)"},
        {R"({"schemaVersion":2,"manifests":[{"digest":"x"}]})", "lists an image without a digest"},
        {R"({"schemaVersion":2,"manifests":[{"mediaType":)"
         R"("application/vnd.oci.image.index.v1+json","digest":")"
             + digest_of("x") + R"("}]})",
         "is an index that lists another one"},
        {index_of(std::vector<std::string>(65, image_entry)), "lists more than 64 images"},
        {R"({"schemaVersion":2,"config":{"digest":"a"},"layers":[],"config":{"digest":"b"}})",
         R"(has "config" twice)"},
    };
    for (const broken_case& one : cases) {
        EXPECT_THAT(
            platforms_of(serve_manifest(one.body)),
            ElementsAre(fmt::format(
                "malformed: the manifest {} of team/app {}", digest_of(one.body), one.problem
            ))
        ) << one.body;
    }
}

TEST_F(Platforms, OfAnIndexInAnIndexAreNotGuessed) {
    const std::string inner = serve_manifest(index_of({}));
    const std::string outer = serve_manifest(index_of({entry(inner, on("linux", "amd64"))}));
    EXPECT_THAT(
        platforms_of(outer),
        ElementsAre(fmt::format(
            "malformed: the manifest {} of team/app is an index where an image belongs",
            digest_of(inner)
        ))
    );
}

TEST_F(Platforms, NeedTheBytesThatTheDigestsName) {
    const std::string root = manifest_of("{}");
    registry_.on(home + "/manifests/" + digest_of(root), answer_of(200, root + " "));
    EXPECT_THAT(
        platforms_of(root),
        ElementsAre(fmt::format(
            "malformed: the manifest {} of team/app has another digest", digest_of(root)
        ))
    );
    serve_manifest(root);
    registry_.on(home + "/blobs/" + digest_of("{}"), answer_of(200, "{} "));
    EXPECT_THAT(
        platforms_of(root),
        ElementsAre(fmt::format(
            "malformed: the image config {} of team/app has another digest", digest_of("{}")
        ))
    );
}

TEST_F(Platforms, OfAManifestThatIsSentAsAnotherTypeAreNotGuessed) {
    const std::string root = manifest_of("{}");
    registry_.on(
        home + "/manifests/" + digest_of(root),
        answer_of(200, root, {{"content-type", std::string(oci_index_type)}})
    );
    EXPECT_THAT(platforms_of(root), ElementsAre(HasSubstr("calls itself another type than it is")));
}

TEST_F(Platforms, NeedAConfigThatCanBeRead) {
    const std::string config = R"({"config":{"User":7}})";
    serve_config(config);
    EXPECT_THAT(
        platforms_of(serve_manifest(manifest_of(config))),
        ElementsAre(fmt::format(
            "malformed: the image config {} of team/app has user that is no text", digest_of(config)
        ))
    );
}

TEST_F(Platforms, OfWhatIsNotThereAreAFailure) {
    EXPECT_THAT(platforms_of("nothing"), ElementsAre(HasSubstr("not_found: ")));
    const std::string root = serve_manifest(manifest_of("gone"));
    EXPECT_THAT(platforms_of(root), ElementsAre(HasSubstr("not_found: ")));
    registry_.gate = [](const http_request&) -> std::optional<scripted_registry::answer> {
        return policy::fetch_failure{policy::failure_cause::dns, "no such name", false};
    };
    EXPECT_THAT(platforms_of(root), ElementsAre("dns: no such name"));
}

} // namespace
} // namespace gatehouse::server
