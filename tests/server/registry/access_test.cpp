// What conversations with one registry have from those before them, and that it never stands in their way.
#include "server/registry/oci_manifest.h"
#include "server/registry/resolve.h"
#include "tests/support/scripted_registry.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace gatehouse::server {
namespace {

using testing::ElementsAre;
using namespace testing_support;

const policy::digest image = policy::digest::of("the image");
const std::string usual_challenge = R"(Bearer realm="https://auth.example/t",service="s")";

credential login(std::string user) {
    credential made;
    made.user = std::move(user);
    made.password = secret("hidden");
    made.file = "/etc/pull.json";
    return made;
}

http_response refusal(const std::string& challenge, unsigned status = 401) {
    return answer_of(status, "", {{"www-authenticate", challenge}});
}

std::string manifest_line(std::string_view repository) {
    return fmt::format("HEAD https://reg.example/v2/{}/manifests/1.0", repository);
}

std::string token_line(std::string_view repository, std::string_view realm = "auth.example/t") {
    return fmt::format("GET https://{}?service=s&scope=repository%3A{}%3Apull", realm, repository);
}

/// A registry with the repositories one and two, which conversations share a memory of.
class Access : public testing::Test {
  protected:
    /// Answers well to this header, else by the challenge.
    void guard(std::string_view repository, std::string header, std::string challenge) {
        registry_.on(manifest_line(repository), [=](const http_request& asked) {
            const bool may = scripted_registry::header_of(asked, "Authorization") == header;
            return scripted_registry::answer(may ? head() : refusal(challenge));
        });
    }
    void grant(std::string_view repository, std::string_view token) {
        registry_.on(
            token_line(repository), answer_of(200, fmt::format(R"({{"token":"{}"}})", token))
        );
    }
    /// The digest, or "cause: detail"; the log is of this conversation.
    std::string resolved(std::string_view repository, std::vector<credential> with = {}) {
        registry_.log.clear();
        registry_.requests.clear();
        endpoint at;
        at.base = parse_url("https://reg.example/v2").value();
        at.repository = repository;
        at.credentials = std::move(with);
        resolve_conversation talk(at, "1.0", memory_, tick_time(std::chrono::seconds(10)));
        const auto outcome = converse(talk, registry_);
        if (!outcome) {
            return "no outcome";
        }
        if (const auto* failed = std::get_if<policy::fetch_failure>(&*outcome)) {
            return std::string(policy::name_of(failed->cause)) + ": " + failed->detail;
        }
        return std::get<policy::digest>(*outcome).text();
    }
    [[nodiscard]] static http_response head() {
        return answer_of(
            200,
            "",
            {{"docker-content-digest", image.text()},
             {"content-type", std::string(oci_index_type)},
             {"content-length", "9"}}
        );
    }
    /// Both repositories give tokens, and the way to the first has been gone.
    void know_the_way() {
        for (const char* one : {"one", "two"}) {
            guard(one, fmt::format("Bearer {}", one), usual_challenge);
            grant(one, one);
        }
        ASSERT_EQ(resolved("one"), image.text());
        ASSERT_THAT(
            registry_.log,
            ElementsAre(manifest_line("one"), token_line("one"), manifest_line("one"))
        );
    }

    access_memory memory_;
    scripted_registry registry_;
};

TEST_F(Access, NeedsNoRefusalToKnowTheWay) {
    know_the_way();
    EXPECT_EQ(resolved("two"), image.text());
    EXPECT_THAT(registry_.log, ElementsAre(token_line("two"), manifest_line("two")));
    EXPECT_EQ(resolved("two"), image.text());
    EXPECT_THAT(registry_.log, ElementsAre(manifest_line("two")));
}

TEST_F(Access, KnowsOfOneRegistryNothingOfAnother) {
    know_the_way();
    endpoint other;
    other.base = parse_url("https://reg.example:5000/v2").value();
    EXPECT_FALSE(memory_.way_to(other));
    other.base = parse_url("http://reg.example/v2").value();
    EXPECT_FALSE(memory_.way_to(other));
}

TEST_F(Access, SendsCredentialsOfTheNewRepository) {
    know_the_way();
    EXPECT_EQ(resolved("two", {login("a")}), image.text());
    EXPECT_EQ(
        scripted_registry::header_of(registry_.requests[0], "Authorization"), "Basic YTpoaWRkZW4="
    );
}

TEST_F(Access, BuysANewTokenWhereTheOldOneNoLongerHolds) {
    know_the_way();
    guard("one", "Bearer other", usual_challenge);
    grant("one", "other");
    EXPECT_EQ(resolved("one"), image.text());
    EXPECT_THAT(
        registry_.log, ElementsAre(manifest_line("one"), token_line("one"), manifest_line("one"))
    );
}

TEST_F(Access, FollowsARegistryToAnotherTokenService) {
    know_the_way();
    guard("two", "Bearer moved", R"(Bearer realm="https://new.example/t",service="s")");
    registry_.on(token_line("two", "new.example/t"), answer_of(200, R"({"token":"moved"})"));
    EXPECT_EQ(resolved("two"), image.text());
    EXPECT_THAT(
        registry_.log,
        ElementsAre(
            token_line("two"),
            manifest_line("two"),
            token_line("two", "new.example/t"),
            manifest_line("two")
        )
    );
    guard("one", "Bearer moved", R"(Bearer realm="https://new.example/t",service="s")");
    registry_.on(token_line("one", "new.example/t"), answer_of(200, R"({"token":"moved"})"));
    EXPECT_EQ(resolved("one"), image.text());
    EXPECT_THAT(
        registry_.log, ElementsAre(token_line("one", "new.example/t"), manifest_line("one"))
    );
}

TEST_F(Access, AsksTheRegistryAgainWhereItsTokenServiceIsGone) {
    know_the_way();
    registry_.on(
        token_line("two"), policy::fetch_failure{policy::failure_cause::dns, "gone", false}
    );
    guard("two", "Basic YTpoaWRkZW4=", "Basic realm=x");
    EXPECT_EQ(resolved("two", {login("a")}), image.text());
    EXPECT_THAT(
        registry_.log, ElementsAre(token_line("two"), manifest_line("two"), manifest_line("two"))
    );
}

TEST_F(Access, AsksTheRegistryAgainWhereItsTokenServiceMakesNoSense) {
    know_the_way();
    registry_.on(token_line("two"), answer_of(200, "<html>"));
    registry_.on(manifest_line("two"), head());
    EXPECT_EQ(resolved("two"), image.text());
    EXPECT_THAT(registry_.log, ElementsAre(token_line("two"), manifest_line("two")));
}

TEST_F(Access, SeesWhatIsOpenToAllWhereTokensAreRefused) {
    know_the_way();
    registry_.on(token_line("two"), answer_of(403));
    guard("two", "", usual_challenge);
    EXPECT_EQ(resolved("two", {login("a")}), image.text());
    EXPECT_THAT(
        registry_.log, ElementsAre(token_line("two"), token_line("two"), manifest_line("two"))
    );
}

TEST_F(Access, EndsWhereTokensAndRegistryRefuse) {
    know_the_way();
    registry_.on(token_line("two"), answer_of(403));
    EXPECT_EQ(
        resolved("two"),
        "unauthorized: reg.example answered 401 for two:1.0; no docker config file has credentials "
        "for it; add some for reg.example to dockerConfigFiles"
    );
    EXPECT_THAT(registry_.log, ElementsAre(token_line("two"), manifest_line("two")));
}

TEST_F(Access, GoesOnToTheNextCredentialWhereATokenIsRefused) {
    know_the_way();
    registry_.on(token_line("two"), [](const http_request& asked) {
        const bool is_b =
            scripted_registry::header_of(asked, "Authorization") == "Basic YjpoaWRkZW4=";
        return scripted_registry::answer(
            answer_of(200, is_b ? R"({"token":"b"})" : R"({"token":"a"})")
        );
    });
    guard("two", "Bearer b", usual_challenge);
    EXPECT_EQ(resolved("two", {login("a"), login("b")}), image.text());
    EXPECT_THAT(
        registry_.log,
        ElementsAre(
            token_line("two"), manifest_line("two"), token_line("two"), manifest_line("two")
        )
    );
}

TEST_F(Access, FailsWithATokenServiceThatIsOut) {
    know_the_way();
    registry_.on(token_line("two"), answer_of(500));
    EXPECT_EQ(resolved("two"), "server_error: the token service auth.example answered 500");
}

TEST_F(Access, RemembersBasic) {
    guard("one", "Basic YTpoaWRkZW4=", "Basic realm=x");
    guard("two", "Basic YTpoaWRkZW4=", "Basic realm=x");
    ASSERT_EQ(resolved("one", {login("a")}), image.text());
    EXPECT_EQ(resolved("two", {login("a")}), image.text());
    EXPECT_THAT(registry_.log, ElementsAre(manifest_line("two")));
    EXPECT_EQ(resolved("two", {login("b"), login("a")}), image.text());
    EXPECT_THAT(registry_.log, ElementsAre(manifest_line("two"), manifest_line("two")));
}

TEST_F(Access, IsNobodyWhereBasicIsRefused) {
    guard("one", "Basic YTpoaWRkZW4=", "Basic realm=x");
    guard("two", "", "Basic realm=x");
    ASSERT_EQ(resolved("one", {login("a")}), image.text());
    EXPECT_EQ(resolved("two", {login("a")}), image.text());
    EXPECT_THAT(registry_.log, ElementsAre(manifest_line("two"), manifest_line("two")));
    EXPECT_EQ(
        resolved("one"),
        "unauthorized: reg.example answered 401 for one:1.0; no docker config file has "
        "credentials for it; add some for reg.example to dockerConfigFiles"
    );
    EXPECT_THAT(registry_.log, ElementsAre(manifest_line("one")));
}

TEST_F(Access, StartsOverWhereAHeaderIsOnlyBad) {
    know_the_way();
    registry_.on(manifest_line("two"), [](const http_request& asked) {
        const bool may =
            scripted_registry::header_of(asked, "Authorization") == "Basic YTpoaWRkZW4=";
        return scripted_registry::answer(may ? head() : answer_of(400));
    });
    registry_.on("GET https://reg.example/v2/", refusal("Basic realm=x"));
    EXPECT_EQ(resolved("two", {login("a")}), image.text());
    EXPECT_THAT(
        registry_.log,
        ElementsAre(
            token_line("two"),
            manifest_line("two"),
            "GET https://reg.example/v2/",
            manifest_line("two")
        )
    );
}

TEST_F(Access, DoesNotRememberAnotherScopeThanTheRepositorysOwn) {
    guard("one", "Bearer one", usual_challenge + R"(,scope="repository:all:pull")");
    registry_.on(token_line("all"), answer_of(200, R"({"token":"one"})"));
    ASSERT_EQ(resolved("one"), image.text());
    guard("two", "", usual_challenge);
    EXPECT_EQ(resolved("two"), image.text());
    EXPECT_THAT(registry_.log, ElementsAre(manifest_line("two")));
}

TEST_F(Access, RemembersABoundedNumberOfRegistries) {
    const access_way basic{access_scheme::basic, {}};
    std::size_t known = 0;
    for (int i = 0; i < 300; ++i) {
        endpoint at;
        at.base = parse_url(fmt::format("https://reg-{}.example/v2", i)).value();
        memory_.keep(at, basic);
    }
    for (int i = 0; i < 300; ++i) {
        endpoint at;
        at.base = parse_url(fmt::format("https://reg-{}.example/v2", i)).value();
        known += memory_.way_to(at) ? 1U : 0U;
    }
    EXPECT_EQ(known, 256U);
}

} // namespace
} // namespace gatehouse::server
