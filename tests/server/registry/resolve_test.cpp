#include "server/registry/resolve.h"

#include "server/registry/oci_manifest.h"
#include "tests/support/scripted_registry.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using namespace testing_support;

const std::string home = "https://reg.example/v2/team/app/manifests/1.0";
const std::string index_type(oci_index_type);
const std::string body =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})";

std::string digest_of(std::string_view bytes) { return policy::digest::of(bytes).text(); }

credential login(std::string user) {
    credential made;
    made.user = std::move(user);
    made.password = secret("hidden");
    made.file = "/etc/pull.json";
    return made;
}

class Resolve : public testing::Test {
  protected:
    Resolve() {
        at_.base = parse_url("https://reg.example/v2").value();
        at_.repository = "team/app";
    }
    /// The digest, or "cause: detail".
    std::string resolved() {
        resolve_conversation talk(at_, "1.0", memory_, tick_time(std::chrono::seconds(10)));
        const auto outcome = converse(talk, registry_);
        if (!outcome) {
            return "no outcome";
        }
        if (const auto* failed = std::get_if<policy::fetch_failure>(&*outcome)) {
            return std::string(policy::name_of(failed->cause)) + ": " + failed->detail;
        }
        return std::get<policy::digest>(*outcome).text();
    }
    void serve(std::string type, std::string content) {
        registry_.on("HEAD " + home, answer_of(405));
        registry_.on(
            "GET " + home, answer_of(200, std::move(content), {{"content-type", std::move(type)}})
        );
    }
    /// Answers `with` to those who come with `authorization`, a challenge to others.
    void guard(std::string authorization, std::string challenge, http_response with) {
        registry_.on("HEAD " + home, [=](const http_request& asked) -> scripted_registry::answer {
            if (scripted_registry::header_of(asked, "Authorization") == authorization) {
                return with;
            }
            return answer_of(401, "", {{"www-authenticate", challenge}});
        });
    }
    [[nodiscard]] static http_response head() {
        return answer_of(
            200,
            "",
            {{"docker-content-digest", digest_of(body)},
             {"content-type", index_type},
             {"content-length", "9"}}
        );
    }

    endpoint at_;
    access_memory memory_;
    scripted_registry registry_;
};

TEST_F(Resolve, TakesWhatHeadSays) {
    registry_.on("HEAD " + home, head());
    EXPECT_EQ(resolved(), digest_of(body));
    EXPECT_THAT(registry_.log, ElementsAre("HEAD " + home));
    EXPECT_EQ(scripted_registry::header_of(registry_.requests[0], "Accept"), manifest_types());
}

TEST_F(Resolve, HashesTheBodyWhereHeadSaysTooLittle) {
    serve(index_type, body);
    registry_.on("HEAD " + home, answer_of(200, "", {{"content-type", index_type}}));
    EXPECT_EQ(resolved(), digest_of(body));
}

TEST_F(Resolve, IsNotConfusedByAnotherManifestForGet) {
    serve(index_type, R"({"schemaVersion":2,"manifests":[]})");
    registry_.on("HEAD " + home, head());
    EXPECT_EQ(resolved(), digest_of(body));
}

TEST_F(Resolve, RefusesABodyThatCallsItselfAnotherType) {
    serve(std::string(oci_manifest_type), body);
    EXPECT_EQ(
        resolved(),
        "malformed: team/app:1.0 of reg.example calls itself "
        "\"application/vnd.oci.image.index.v1+json\" and "
        "was sent as application/vnd.oci.image.manifest.v1+json"
    );
}

TEST_F(Resolve, RefusesSchemaOne) {
    const std::string refusal =
        "malformed: team/app:1.0 of reg.example is a Docker schema 1 manifest, which "
        "nodes no longer run; push the image again";
    serve("application/vnd.docker.distribution.manifest.v1+prettyjws", R"({"schemaVersion":1})");
    EXPECT_EQ(resolved(), refusal);
    serve(std::string(docker_manifest_type), R"({"schemaVersion":1})");
    EXPECT_EQ(resolved(), refusal);
}

TEST_F(Resolve, RefusesABodyThatIsNotWhatItsDigestSays) {
    registry_.on("HEAD " + home, answer_of(405));
    registry_.on(
        "GET " + home,
        answer_of(
            200, body, {{"content-type", index_type}, {"docker-content-digest", digest_of("other")}}
        )
    );
    EXPECT_EQ(resolved(), "malformed: team/app:1.0 of reg.example is not what its digest says");
}

TEST_F(Resolve, RefusesCompressedAnswers) {
    registry_.on("HEAD " + home, answer_of(405));
    registry_.on("GET " + home, answer_of(200, "x", {{"content-encoding", "gzip"}}));
    EXPECT_EQ(
        resolved(), "malformed: reg.example sent a compressed answer, which was not asked for"
    );
}

TEST_F(Resolve, SaysWhatARefusalMeans) {
    EXPECT_EQ(resolved(), "not_found: reg.example has no team/app:1.0, or does not show it to us");
    registry_.on("HEAD " + home, answer_of(401));
    EXPECT_EQ(
        resolved(),
        "unauthorized: reg.example answered 401 for team/app:1.0; no docker config file has "
        "credentials for "
        "it; add some for reg.example to dockerConfigFiles"
    );
    registry_.on("HEAD " + home, answer_of(429));
    EXPECT_EQ(
        resolved(), "throttled: reg.example answered 429 for team/app:1.0: too many requests"
    );
    registry_.on("HEAD " + home, answer_of(503));
    EXPECT_EQ(resolved(), "server_error: reg.example answered 503 for team/app:1.0");
}

TEST_F(Resolve, WaitsAsOftenAsTheBudgetAllows) {
    int asked = 0;
    registry_.on("HEAD " + home, [&](const http_request&) -> scripted_registry::answer {
        return ++asked <= 4 ? answer_of(429, "", {{"retry-after", "2"}}) : head();
    });
    EXPECT_EQ(resolved(), digest_of(body));
    EXPECT_EQ(asked, 5);
    asked = -1;
    EXPECT_EQ(resolved().substr(0, 9), "throttled");
    EXPECT_EQ(asked, 4);
    registry_.log.clear();
    registry_.on("HEAD " + home, answer_of(429, "", {{"retry-after", "10"}}));
    EXPECT_EQ(resolved().substr(0, 9), "throttled");
    EXPECT_EQ(registry_.log.size(), 1U);
}

TEST_F(Resolve, SendsAgainNotBeforeTheTimeThatItWasTold) {
    registry_.on("HEAD " + home, answer_of(429, "", {{"retry-after", "2"}}));
    resolve_conversation talk(at_, "1.0", memory_, tick_time(std::chrono::seconds(10)));
    const auto sent = talk.take_requests({});
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].not_before, tick_time());
    const tick_time now(std::chrono::seconds(1));
    talk.give(sent[0].id, registry_.exchange(sent[0].request), now);
    const auto again = talk.take_requests({});
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].not_before, now + std::chrono::seconds(2));
}

TEST_F(Resolve, WaitsForATokenServiceThatIsTooBusy) {
    guard("Bearer T", R"(Bearer realm="https://auth.example/t",service="s")", head());
    int asked = 0;
    registry_.on(
        "GET https://auth.example/t?service=s&scope=repository%3Ateam%2Fapp%3Apull",
        [&](const http_request&) -> scripted_registry::answer {
            return ++asked <= 4 ? answer_of(429) : answer_of(200, R"({"token":"T"})");
        }
    );
    EXPECT_EQ(resolved(), digest_of(body));
    memory_ = {};
    asked = -1;
    EXPECT_EQ(resolved(), "throttled: the token service auth.example answered 429");
}

TEST_F(Resolve, BuysATokenFromSwr) {
    at_.credentials = {login("region@AK")};
    guard(
        "Bearer T",
        R"(Bearer realm="https://reg.example/swr/auth/v2/registry/auth/",service="dockyard",scope="repository:team/app:")",
        head()
    );
    const std::string token_line = "GET https://reg.example/swr/auth/v2/registry/auth/"
                                   "?service=dockyard&scope=repository%3Ateam%2Fapp%3Apull";
    registry_.on(token_line, answer_of(200, R"({"token":"T"})"));
    EXPECT_EQ(resolved(), digest_of(body));
    EXPECT_THAT(registry_.log, ElementsAre("HEAD " + home, token_line, "HEAD " + home));
    EXPECT_EQ(
        scripted_registry::header_of(registry_.requests[1], "Authorization"),
        "Basic cmVnaW9uQEFLOmhpZGRlbg=="
    );
    EXPECT_EQ(resolved(), digest_of(body));
    EXPECT_EQ(registry_.log.size(), 4U) << "the token is used again, and unasked";
}

TEST_F(Resolve, TriesEveryCredentialAndNobodysAtLast) {
    at_.credentials = {login("a"), login("b")};
    guard("Bearer none", R"(Bearer realm="https://auth.example/t",service="s")", head());
    const std::string token_line =
        "GET https://auth.example/t?service=s&scope=repository%3Ateam%2Fapp%3Apull";
    registry_.on(token_line, [](const http_request& asked) -> scripted_registry::answer {
        const bool is_anonymous = scripted_registry::header_of(asked, "Authorization").empty();
        return is_anonymous ? answer_of(200, R"({"access_token":"none"})") : answer_of(401);
    });
    EXPECT_EQ(resolved(), digest_of(body));
    EXPECT_THAT(
        registry_.log,
        ElementsAre("HEAD " + home, token_line, token_line, token_line, "HEAD " + home)
    );
}

TEST_F(Resolve, AnswersBasicWithEachCredential) {
    at_.credentials = {login("a"), login("b")};
    guard("Basic YjpoaWRkZW4=", R"(Basic realm="x")", head());
    EXPECT_EQ(resolved(), digest_of(body));
    at_.credentials = {login("a")};
    EXPECT_EQ(
        resolved(),
        "unauthorized: reg.example answered 401 for team/app:1.0; tried the credentials of "
        "/etc/pull.json; "
        "check that they may pull team/app"
    );
}

TEST_F(Resolve, PostsAnIdentityTokenAndFallsBackToGet) {
    credential identity;
    identity.user = "u";
    identity.identity_token = secret("I&");
    at_.credentials = {identity};
    guard("Bearer T", R"(Bearer realm="https://auth.example/t",service="s")", head());
    registry_.on("POST https://auth.example/t", answer_of(200, R"({"access_token":"T"})"));
    EXPECT_EQ(resolved(), digest_of(body));
    EXPECT_EQ(
        registry_.requests[1].body,
        "grant_type=refresh_token&service=s&scope=repository%3Ateam%2Fapp%3Apull&client_id="
        "gatehouse"
        "&refresh_token=I%26"
    );
    memory_ = {};
    registry_.on("POST https://auth.example/t", answer_of(405));
    registry_.on(
        "GET https://auth.example/t?service=s&scope=repository%3Ateam%2Fapp%3Apull",
        answer_of(200, R"({"token":"T"})")
    );
    EXPECT_EQ(resolved(), digest_of(body));
}

TEST_F(Resolve, SendsARegistryTokenAsItIs) {
    credential token;
    token.registry_token = secret("R.s-_~+/=");
    at_.credentials = {token};
    guard("Bearer R.s-_~+/=", R"(Bearer realm="https://auth.example/t",service="s")", head());
    EXPECT_EQ(resolved(), digest_of(body));
    EXPECT_THAT(registry_.log, ElementsAre("HEAD " + home, "HEAD " + home));
}

TEST_F(Resolve, DropsACachedTokenThatIsRefused) {
    guard("Bearer new", R"(Bearer realm="https://auth.example/t",service="s")", head());
    const token_service service{
        parse_url("https://auth.example/t").value(), "s", {"repository:team/app:pull"}};
    memory_.tokens.keep(
        token_cache::key("reg.example", service, nullptr),
        {secret("old"), std::chrono::seconds(60)},
        tick_time()
    );
    registry_.on(
        "GET https://auth.example/t?service=s&scope=repository%3Ateam%2Fapp%3Apull",
        answer_of(200, R"({"token":"new"})")
    );
    EXPECT_EQ(resolved(), digest_of(body));
}

TEST_F(Resolve, SendsNoCredentialsToARealmWithoutHttps) {
    at_.credentials = {login("a")};
    guard("never", R"(Bearer realm="http://169.254.169.254/t",service="s")", head());
    EXPECT_EQ(
        resolved(),
        "malformed: reg.example names the token service \"http://169.254.169.254/t\", which is not "
        "https; "
        "credentials are not sent there"
    );
    EXPECT_EQ(registry_.log.size(), 1U);
}

TEST_F(Resolve, GivesARealmOnAnotherHostNoRightsToPrivateAddresses) {
    at_.registry = "reg.example";
    at_.listed = {"reg.example"};
    guard("never", R"(Bearer realm="https://other.example/t",service="s")", head());
    (void)resolved();
    ASSERT_GE(registry_.requests.size(), 2U);
    EXPECT_EQ(registry_.requests[0].registry, "reg.example");
    EXPECT_EQ(registry_.requests[1].registry, "");
    at_.listed = {"reg.example", "other.example"};
    memory_ = {};
    (void)resolved();
    EXPECT_EQ(registry_.requests.back().registry, "other.example");
}

TEST_F(Resolve, AsksForAChallengeWhereAnAnonymousRequestIsOnlyBad) {
    at_.credentials = {login("a")};
    registry_.on("HEAD " + home, [](const http_request& asked) -> scripted_registry::answer {
        const bool is_anonymous = scripted_registry::header_of(asked, "Authorization").empty();
        return is_anonymous ? answer_of(400, R"({"errors":[{"code":1}]})") : head();
    });
    registry_.on(
        "GET https://reg.example/v2/", answer_of(401, "", {{"www-authenticate", "Basic realm=x"}})
    );
    EXPECT_EQ(resolved(), digest_of(body));
}

TEST_F(Resolve, DropsCredentialsOnAnotherOrigin) {
    at_.credentials = {login("a")};
    guard(
        "Basic YTpoaWRkZW4=",
        "Basic realm=x",
        answer_of(307, "", {{"location", "https://cdn.example/x"}})
    );
    registry_.on("HEAD https://cdn.example/x", head());
    EXPECT_EQ(resolved(), digest_of(body));
    EXPECT_EQ(scripted_registry::header_of(registry_.requests.back(), "Authorization"), "");
}

TEST_F(Resolve, EndsRedirectsThatGoInCircles) {
    registry_.on("HEAD " + home, answer_of(302, "", {{"location", "/v2/team/app/manifests/1.0"}}));
    EXPECT_EQ(resolved(), "malformed: reg.example redirects more than 5 times");
    EXPECT_EQ(registry_.log.size(), 6U);
}

TEST_F(Resolve, EndsALongWayOfRedirects) {
    registry_.on("HEAD " + home, answer_of(307, "", {{"location", "https://cdn.example/1"}}));
    for (int i = 1; i < 50; ++i) {
        registry_.on(
            fmt::format("HEAD https://cdn.example/{}", i),
            answer_of(307, "", {{"location", fmt::format("https://cdn.example/{}", i + 1)}})
        );
    }
    registry_.on("HEAD https://cdn.example/50", head());
    EXPECT_EQ(resolved(), "malformed: reg.example redirects more than 5 times");
    EXPECT_EQ(registry_.log.back(), "HEAD https://cdn.example/5");
}

// The HTTP client asks no such address for a request without the rights of an entry.
TEST_F(Resolve, GivesARedirectNoRightsToPrivateAddresses) {
    at_.registry = "reg.example";
    at_.listed = {"reg.example"};
    at_.credentials = {login("a")};
    guard(
        "Basic YTpoaWRkZW4=",
        "Basic realm=x",
        answer_of(307, "", {{"location", "https://169.254.169.254/latest/meta-data"}})
    );
    (void)resolved();
    const http_request& last = registry_.requests.back();
    EXPECT_EQ(registry_.log.back(), "HEAD https://169.254.169.254/latest/meta-data");
    EXPECT_EQ(last.registry, "");
    EXPECT_EQ(scripted_registry::header_of(last, "Authorization"), "");
}

TEST_F(Resolve, FollowsToHttpOnlyWhereTheRegistryIsPlain) {
    registry_.on("HEAD " + home, answer_of(302, "", {{"location", "http://cdn.example/x"}}));
    EXPECT_EQ(resolved(), "malformed: reg.example redirects to cdn.example without https");
    at_.plain_http = true;
    registry_.on("HEAD http://cdn.example/x", head());
    EXPECT_EQ(resolved(), digest_of(body));
}

} // namespace
} // namespace gatehouse::server
