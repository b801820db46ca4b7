// A registry that is after our credentials, or whose token service is: they go to the registry and to a
// service that it names over https, nowhere else, and what comes back is bounded.

#include "tests/integration/image_judge.h"
#include "tests/support/case_name.h"
#include "tests/support/oci_registry.h"
#include "tests/support/signing.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string repository = "team/cosign3-p256";
const std::string basic = base64("ci:hush-word");

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
        text.replace(at, what.size(), by);
    }
    return text;
}

class HostileCredentials : public testing::Test {
  protected:
    HostileCredentials() { registry_.add_fixture(repository); }

    /// For registry_; what it says to requests without a token, and at /token.
    std::optional<bool> guard(const registry_request& asked, scripted_server::peer& with) {
        if (asked.target.starts_with("/token")) {
            return with.write(replaced(token_answer_, "ELSEWHERE", elsewhere()));
        }
        const bool has_it = asked.header("Authorization") == "Bearer " + good_token_;
        if (has_it && asked.kind == "blobs" && redirects_blobs_) {
            return with.write(http_answer(
                "307 Temporary Redirect",
                "",
                fmt::format("Location: http://{}{}\r\n", elsewhere(), asked.target)
            ));
        }
        if (has_it) {
            return std::nullopt;
        }
        return with.write(http_answer(
            "401 Unauthorized",
            "",
            fmt::format("Www-Authenticate: Bearer realm=\"{}\",service=\"s\"\r\n", realm())
        ));
    }
    [[nodiscard]] std::string realm() const {
        return replaced(replaced(realm_, "HOST", registry_.host()), "ELSEWHERE", elsewhere());
    }
    [[nodiscard]] std::string elsewhere() const { return elsewhere_.host(); }
    [[nodiscard]] std::string image() const { return by_digest(registry_.host(), repository); }

    /// Has credentials for the registry; the other host is listed only where the test says so.
    image_judge judge(bool lists_elsewhere = false) const {
        const std::string file = files_.write(
            "config.json",
            fmt::format(R"({{"auths": {{"{}": {{"auth": "{}"}}}}}})", registry_.host(), basic)
        );
        std::vector<std::string> registries = {fmt::format(
            "{{host: \"{}\", plainHTTP: true, dockerConfigFiles: [{}]}}", registry_.host(), file
        )};
        if (lists_elsewhere) {
            registries.push_back(plain_registry(elsewhere()));
        }
        return image_judge(
            signed_policy({{.images = registry_.host() + "/**"}}), configuration_of(registries)
        );
    }
    [[nodiscard]] std::string denial_with(const std::string& cause) const {
        std::string text = replaced(cause, "HOST", registry_.host());
        text = replaced(text, "ELSEWHERE", elsewhere());
        text = replaced(text, "FILE", files_ / "config.json");
        return complaint(image(), "could not be verified: " + text);
    }

    temp_dir files_;
    std::string realm_ = "http://HOST/token";
    std::string good_token_ = "good";
    std::string token_answer_ = http_answer("200 OK", R"({"token":"good"})");
    bool redirects_blobs_ = false;
    oci_registry elsewhere_{{.address = "127.0.0.2"}};
    oci_registry registry_{{}, [this](const registry_request& asked, scripted_server::peer& with) {
                               return guard(asked, with);
                           }};
};

struct token_case {
    std::string name;
    std::string answer;
    std::string cause;
};

class HostileTokenService : public HostileCredentials,
                            public testing::WithParamInterface<token_case> {};

TEST_P(HostileTokenService, IsNotBelieved) {
    token_answer_ = GetParam().answer;
    image_judge judge = this->judge();
    EXPECT_EQ(judge.denial(image()), denial_with(GetParam().cause));
    EXPECT_THAT(elsewhere_.log(), IsEmpty());
    judge.expect_untold({"hush", basic});
}

INSTANTIATE_TEST_SUITE_P(
    Answers,
    HostileTokenService,
    testing::Values(
        token_case{
            "AHugeToken",
            http_answer("200 OK", "{\"token\":\"" + std::string(70'000, 't') + "\"}"),
            "127.0.0.1 answered with more than 65536 bytes"},
        token_case{
            "ATokenThatEndsTheLine",
            http_answer("200 OK", R"({"token":"good\r\nX-Evil: 1"})"),
            "the answer of the token service HOST has a token that cannot stand in a header"},
        token_case{
            "AWebPage",
            http_answer("200 OK", "<html>"),
            "the answer of the token service HOST is not a JSON object"},
        token_case{
            "Broken",
            http_answer("503 Service Unavailable", ""),
            "the token service HOST answered 503; try again"},
        token_case{
            "ATokenThatTheRegistryRefuses",
            http_answer("200 OK", R"({"token":"bad"})"),
            "HOST answered 401 for the signatures in team/cosign3-p256; tried the credentials of "
            "FILE; check that they may pull team/cosign3-p256"},
        token_case{
            "ARedirect",
            http_answer("307 Temporary Redirect", "", "Location: http://ELSEWHERE/token\r\n"),
            "HOST answered 401 for the signatures in team/cosign3-p256; tried the credentials of "
            "FILE; check that they may pull team/cosign3-p256"}
    ),
    case_name()
);

TEST_F(HostileCredentials, GoToTheRegistrysOwnTokenService) {
    image_judge judge = this->judge();
    EXPECT_EQ(judge.denial(image()), "");
    judge.expect_untold({"hush", basic});
}

TEST_F(HostileCredentials, DoNotGoToARealmWithoutHttps) {
    realm_ = "http://ELSEWHERE/token";
    image_judge judge = this->judge(true);
    EXPECT_EQ(
        judge.denial(image()),
        denial_with("HOST names the token service \"http://ELSEWHERE/token\", which is not https; "
                    "credentials are not sent there")
    );
    EXPECT_EQ(elsewhere_.server().connections(), 0U);
}

TEST_F(HostileCredentials, DoNotGoToARealmAtAPrivateAddress) {
    realm_ = "https://ELSEWHERE/token";
    image_judge judge = this->judge();
    EXPECT_EQ(
        judge.denial(image()),
        denial_with("127.0.0.2 is at a private address, which is asked only for registries listed "
                    "in the ServerConfiguration")
    );
    EXPECT_EQ(elsewhere_.server().connections(), 0U);
}

TEST_F(HostileCredentials, DoNotGoToTheMetadataService) {
    realm_ = "https://169.254.169.254/token";
    image_judge judge = this->judge();
    EXPECT_EQ(
        judge.denial(image()),
        denial_with("169.254.169.254 is at a private address, which is asked only for registries "
                    "listed in the ServerConfiguration")
    );
}

TEST_F(HostileCredentials, DoNotFollowARedirectToAnotherHost) {
    redirects_blobs_ = true;
    elsewhere_.add_fixture(repository);
    image_judge judge = this->judge(true);
    EXPECT_EQ(judge.denial(image()), "");
    EXPECT_THAT(elsewhere_.server().requests(), testing::SizeIs(1));
    EXPECT_THAT(elsewhere_.server().requests(), Each(Not(HasSubstr("Authorization"))));
}

} // namespace
} // namespace gatehouse::testing_support
