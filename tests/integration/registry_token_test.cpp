// A registry that believes a token service, as Docker Hub, Harbor and SWR do: docker-registry over TLS with
// a service of the test, both with certificates of one private authority.

#include "tests/integration/docker_registry.h"
#include "tests/integration/image_judge.h"
#include "tests/integration/token_service.h"
#include "tests/support/signing.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const std::string scope = "repository%3Ateam%2Fcosign2-p256%3Apull";

class RegistryToken : public testing::Test {
  protected:
    void serve(const std::string& access = "pull", int lives = 300) {
        service_ = std::make_unique<token_service>(
            identity_, authority_.certificate, token_service::options{"ci", "hush", access, lives}
        );
        registry_ = std::make_unique<docker_registry>(
            storage_.path(), docker_registry::options{identity_, service_->auth()}
        );
    }
    /// One that has these credentials for the registry.
    image_judge judge_with(const std::string& user, const std::string& password) const {
        return judge_with(fmt::format(R"("auth": "{}")", base64(user + ":" + password)));
    }
    /// `fields` of the registry's entry in a docker config.
    image_judge judge_with(const std::string& fields) const {
        const std::string host = registry_->host("localhost");
        const std::string file = files_.write(
            "config.json", fmt::format(R"({{"auths": {{"{}": {{{}}}}}}})", host, fields)
        );
        return image_judge(
            signed_policy({{.images = host + "/**", .tags = "Allow"}}),
            configuration_of(
                {fmt::format(
                    "{{host: \"{}\", caFile: {}, dockerConfigFiles: [{}]}}",
                    host,
                    files_.write("ca.pem", authority_.certificate),
                    file
                )},
                "cache: {tagTTL: 0s}\n"
            )
        );
    }
    [[nodiscard]] std::string refusal() const {
        return complaint(
            image(),
            fmt::format(
                "could not be verified: {} answered 401 for team/cosign2-p256:1.0; tried the "
                "credentials of {}; check that they may pull team/cosign2-p256",
                registry_->host("localhost"),
                files_ / "config.json"
            )
        );
    }
    [[nodiscard]] std::string image() const {
        return registry_->host("localhost") + "/team/cosign2-p256:1.0";
    }

    temp_dir files_;
    test_pair authority_ = make_authority("the bank's registries");
    test_pair identity_ = make_leaf(authority_, std::chrono::system_clock::now());
    registry_storage storage_{{"team/cosign2-p256"}};
    std::unique_ptr<token_service> service_;
    std::unique_ptr<docker_registry> registry_;
};

TEST_F(RegistryToken, IsBoughtWithTheCredentialsOfTheRegistryOnceForAllRequests) {
    serve();
    image_judge judge = judge_with("ci", "hush");
    EXPECT_EQ(judge.denial(image()), "");
    EXPECT_EQ(judge.denial(image()), "");
    EXPECT_THAT(service_->asked(), ElementsAre("ci: " + scope));
    ASSERT_THAT(service_->given(), SizeIs(1));
    judge.expect_untold({"hush", base64("ci:hush"), service_->given()[0]});
}

TEST_F(RegistryToken, IsBoughtAgainWhenItHasEnded) {
    serve("pull", 1);
    image_judge judge = judge_with("ci", "hush");
    EXPECT_EQ(judge.denial(image()), "");
    const std::size_t before = service_->given().size();
    EXPECT_EQ(judge.denial(image()), "");
    EXPECT_EQ(service_->given().size(), before + 1);
}

TEST_F(RegistryToken, IsBoughtWithAnIdentityToken) {
    serve();
    const std::string user = base64("<token>:");
    image_judge judge = judge_with(fmt::format(R"("auth": "{}", "identitytoken": "hush")", user));
    EXPECT_EQ(judge.denial(image()), "");
    EXPECT_THAT(service_->asked(), ElementsAre("ci: " + scope));
    ASSERT_THAT(service_->given(), SizeIs(1));
    judge.expect_untold({"hush", service_->given()[0]});
}

TEST_F(RegistryToken, IsNotGivenForAWrongIdentityToken) {
    serve();
    image_judge judge = judge_with(R"("identitytoken": "wrong-hush")");
    EXPECT_EQ(judge.denial(image()), refusal());
    EXPECT_THAT(service_->asked(), ElementsAre("nobody: " + scope, "nobody: " + scope));
    judge.expect_untold({"wrong-hush"});
}

TEST_F(RegistryToken, IsNotGivenForAWrongPassword) {
    serve();
    image_judge judge = judge_with("ci", "wrong-hush");
    EXPECT_EQ(judge.denial(image()), refusal());
    EXPECT_THAT(service_->asked(), ElementsAre("a stranger: " + scope, "nobody: " + scope));
    judge.expect_untold({"wrong-hush", base64("ci:wrong-hush")});
}

TEST_F(RegistryToken, WithoutTheRightToPullIsOfNoUse) {
    serve("");
    image_judge judge = judge_with("ci", "hush");
    EXPECT_EQ(judge.denial(image()), refusal());
    judge.expect_untold({"hush", service_->given().at(0)});
}

} // namespace
} // namespace gatehouse::testing_support
