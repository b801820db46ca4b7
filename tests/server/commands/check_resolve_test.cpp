// `gatehouse check --resolve` against a registry on a socket: what the server would say, with the images
// of all manifests asked for once.
#include "server/commands/check.h"
#include "tests/support/fixture_registry.h"
#include "tests/support/run_command.h"
#include "tests/support/signature_fixtures.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: registries, keys and files that every line below is made of
using testing::HasSubstr;
using testing::StartsWith;

class CheckResolve : public testing::Test {
  protected:
    CheckResolve() { files.write("p256.pub", fixture_key_pem("p256")); }

    [[nodiscard]] std::string policy(
        const std::string& host,
        const std::string& more = "",
        const std::string& entry = "tags: Warn"
    ) const {
        return files.write(
            "policy.yaml",
            fmt::format(
                "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\n"
                "metadata: {{name: production}}\nspec:\n  signatures:\n  - name: release\n"
                "    images: [\"{}/**\"]\n    {}\n"
                "    authorities: [{{name: kms, keys: [{{file: {}}}]}}]\n{}",
                host,
                entry,
                files / "p256.pub",
                more
            )
        );
    }
    /// A pod with these images.
    [[nodiscard]] static std::string pod(
        const std::string& name,
        const std::vector<std::string>& images
    ) {
        std::string out = fmt::format(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {}}}\nspec:\n  containers:\n", name
        );
        for (std::size_t i = 0; i < images.size(); ++i) {
            out += fmt::format("  - {{name: c{}, image: \"{}\"}}\n", i, images[i]);
        }
        return out;
    }
    finished_command check(
        const std::string& policy_file,
        const fixture_registry& of,
        const std::string& manifest,
        std::vector<std::string> more = {"--resolve"}
    ) {
        std::vector<std::string> all = {
            "check",
            "--policy",
            policy_file,
            "--config",
            files.write("config.yaml", of.configuration()),
            files.write("pods.yaml", manifest)};
        all.insert(all.end(), more.begin(), more.end());
        return run_command(all);
    }
    [[nodiscard]] std::string image(const std::string& name) const {
        return fmt::format("{}/team/{}:1.0", registry.host(), name);
    }
    [[nodiscard]] static std::string digest(const std::string& name) {
        return fixture_image("team/" + name).text();
    }

    temp_dir files;
    fixture_registry registry;
};

TEST_F(CheckResolve, JudgesSignaturesAsTheServer) {
    const finished_command got = check(
        policy(registry.host()),
        registry,
        pod("web", {image("cosign2-p256"), image("unsigned")})
            + pod("fine", {image("cosign3-p256")})
    );
    EXPECT_EQ(got.status, 1);
    EXPECT_EQ(got.errors, "");
    const std::string file = files / "pods.yaml";
    const std::string host = registry.host();
    EXPECT_EQ(
        got.output,
        fmt::format(
            "Pod default/web ({0}, document 1): denied\n"
            "  Deny   spec.containers[1].image\n"
            "         container \"c1\" image {1}/team/unsigned:1.0 is not signed; sign {2} with a "
            "key of "
            "kms [production/image-signature]\n"
            "  Warn   spec.containers[0].image\n"
            "         container \"c0\" image {1}/team/cosign2-p256:1.0 is not named by digest; "
            "write "
            "{1}/team/cosign2-p256@{3} [production/image-digest]\n"
            "  Warn   spec.containers[1].image\n"
            "         container \"c1\" image {1}/team/unsigned:1.0 is not named by digest; write "
            "{1}/team/unsigned@sha256:<digest> [production/image-digest]\n"
            "  user   container \"c0\" {5}  user   container \"c1\" {5}"
            "Pod default/fine ({0}, document 2): allowed\n"
            "  Warn   spec.containers[0].image\n"
            "         container \"c0\" image {1}/team/cosign3-p256:1.0 is not named by digest; "
            "write "
            "{1}/team/cosign3-p256@{4} [production/image-digest]\n"
            "  user   container \"c0\" {5}"
            "\n2 judged, 1 denied\n",
            file,
            host,
            digest("unsigned"),
            digest("cosign2-p256"),
            digest("cosign3-p256"),
            "runs as (linux/amd64): uid 65532 from the image's USER \"65532\"; gid 0 as the pod "
            "names no group and the image has no /etc/passwd; groups 0\n"
        )
    );
}

TEST_F(CheckResolve, SaysWhatIsNotCheckedWithout) {
    const std::string pods = pod("web", {image("cosign2-p256")});
    const std::string file = policy(registry.host(), "", "tags: Allow");
    const finished_command text = check(file, registry, pods, {});
    EXPECT_EQ(text.status, 0);
    EXPECT_THAT(
        text.output, HasSubstr("  note   not checked, which needs --resolve: image-signature\n")
    );
    const finished_command json = check(file, registry, pods, {"-o", "json", "--strict"});
    EXPECT_EQ(json.status, 2);
    EXPECT_EQ(
        nlohmann::json::parse(json.output).at("results").at(0).at("notChecked"),
        nlohmann::json::array({"image-signature"})
    );
    EXPECT_TRUE(registry.log().empty());
    const finished_command resolved =
        check(file, registry, pods, {"-o", "json", "--strict", "--resolve"});
    EXPECT_EQ(resolved.status, 0);
    const auto result = nlohmann::json::parse(resolved.output).at("results").at(0);
    EXPECT_EQ(result.at("notChecked"), nlohmann::json::array());
    EXPECT_EQ(result.at("allowed"), true);
}

TEST_F(CheckResolve, AsksForEachImageOnce) {
    const std::string both = pod("a", {image("cosign2-p256"), image("unsigned")});
    const finished_command got =
        check(policy(registry.host()), registry, both + both + pod("b", {image("cosign2-p256")}));
    EXPECT_EQ(got.status, 1);
    const std::vector<std::string> log = registry.log();
    EXPECT_EQ(std::ranges::count(log, "HEAD /v2/team/cosign2-p256/manifests/1.0"), 1);
    EXPECT_EQ(std::ranges::count(log, "HEAD /v2/team/unsigned/manifests/1.0"), 1);
    // The manifest is read twice: for the config that it names, and for its layers.
    EXPECT_EQ(std::ranges::count(log, "GET /v2/team/unsigned/manifests/" + digest("unsigned")), 2);
    std::vector<std::string> once = log;
    std::erase_if(once, [](const std::string& line) {
        return line.find("/manifests/sha256:") != std::string::npos;
    });
    std::ranges::sort(once);
    EXPECT_TRUE(std::ranges::adjacent_find(once) == once.end());
}

TEST_F(CheckResolve, AsksForNothingThatIsDeniedAnyway) {
    const finished_command got = check(
        policy(registry.host(), "  images: {deny: [\"**/team/**\"]}\n"),
        registry,
        pod("web", {image("cosign2-p256")})
    );
    EXPECT_EQ(got.status, 1);
    EXPECT_TRUE(registry.log().empty());
}

TEST_F(CheckResolve, DeniesWhatCouldNotBeChecked) {
    const fixture_registry broken([](const std::string&) {
        return fixture_registry::instead{true, http_answer("503 Service Unavailable", "")};
    });
    const std::string pods = pod("web", {broken.host() + "/team/cosign2-p256:1.0"});
    const finished_command denied = check(policy(broken.host(), "", "tags: Allow"), broken, pods);
    EXPECT_EQ(denied.status, 1);
    EXPECT_THAT(
        denied.output,
        HasSubstr(fmt::format(
            "container \"c0\" image {0}/team/cosign2-p256:1.0 could not be verified: {0} answered "
            "503 "
            "for team/cosign2-p256:1.0; try again [production/image-signature]\n",
            broken.host()
        ))
    );
    const finished_command warned = check(
        policy(broken.host(), "  onRegistryUnavailable: Warn\n", "tags: Allow"), broken, pods
    );
    EXPECT_EQ(warned.status, 0);
    EXPECT_THAT(warned.output, HasSubstr("  Warn   spec.containers[0].image\n"));
}

TEST_F(CheckResolve, JudgesWholeReviewsToo) {
    const std::string review = fmt::format(
        R"({{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {{"uid": "u",
            "operation": "CREATE", "resource": {{"group": "", "version": "v1", "resource": "pods"}},
            "kind": {{"group": "", "version": "v1", "kind": "Pod"}}, "namespace": "prod",
            "object": {{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "web"}},
            "spec": {{"containers": [{{"name": "app", "image": "{}"}}]}}}}}}}})",
        image("cosign2-rsa")
    );
    const finished_command got = check(policy(registry.host()), registry, review);
    EXPECT_EQ(got.status, 1);
    EXPECT_THAT(got.output, HasSubstr("is signed, but not by kms: 1 signature by other keys"));
}

TEST_F(CheckResolve, NeedsTheKeys) {
    std::filesystem::remove(files / "p256.pub");
    const std::string file = policy(registry.host());
    const std::string pods = pod("web", {image("cosign2-p256")});
    EXPECT_EQ(check(file, registry, pods, {}).status, 0);
    const finished_command got = check(file, registry, pods);
    EXPECT_EQ(got.status, 2);
    EXPECT_EQ(got.output, "");
    EXPECT_EQ(
        got.errors,
        fmt::format(
            "{}:9:45: spec.signatures[0].authorities[0].keys[0].file: {}: No such file or "
            "directory\n",
            file,
            files / "p256.pub"
        )
    );
}

TEST_F(CheckResolve, TellsErrorsOfTheConfiguration) {
    const std::string config = files.write("bad.yaml", "kind: ServerConfiguration\n");
    const finished_command got = run_command(
        {"check",
         "--policy",
         policy(registry.host()),
         "--config",
         config,
         files.write("pods.yaml", pod("web", {image("cosign2-p256")}))}
    );
    EXPECT_EQ(got.status, 2);
    EXPECT_EQ(got.output, "");
    EXPECT_THAT(got.errors, StartsWith(config + ":1:1: apiVersion: "));
}

TEST_F(CheckResolve, KnowsAliasesWithoutAskingAnybody) {
    const std::string config =
        files.write("alias.yaml", registry.configuration(", aliases: [images.example]"));
    const finished_command got = run_command(
        {"check",
         "--policy",
         policy(registry.host(), "", "tags: Allow"),
         "--config",
         config,
         files.write("pods.yaml", pod("web", {"images.example/team/cosign2-p256:1.0"}))}
    );
    EXPECT_EQ(got.status, 0);
    EXPECT_THAT(got.output, HasSubstr("needs --resolve: image-signature"));
}

} // namespace
} // namespace gatehouse::server
