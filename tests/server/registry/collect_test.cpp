#include "server/registry/collect.h"

#include "tests/server/registry/collect_fixture.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using policy::digest;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using namespace collect_test;

TEST_F(Collect, FindsNothingWhereBothPlacesSaySo) {
    EXPECT_THAT(collected(), IsEmpty());
    EXPECT_THAT(registry_.log, ElementsAre(tag_line, referrers_line, fallback_line));
}

TEST_F(Collect, TakesEachLayerOfTheTagAndFetchesOneBlobOnce) {
    tag(tag_manifest(
        {layer(simple_type, "payload", "s1"),
         layer("other", "x"),
         layer(simple_type, "payload", "s2")}
    ));
    blob("payload");
    EXPECT_THAT(collected(), ElementsAre("payload|s1", "payload|s2"));
    EXPECT_EQ(
        std::ranges::count(registry_.log, root + "/blobs/" + digest::of("payload").text()), 1
    );
}

TEST_F(Collect, TakesBothPlacesTogether) {
    tag(tag_manifest({layer(simple_type, "payload", "s")}));
    blob("payload");
    referrers(index_of({bundle("{}")}));
    EXPECT_THAT(collected(), ElementsAre("payload|s", "{}|"));
}

TEST_F(Collect, TakesSimpleSigningStoredAsReferrer) {
    const std::string artifact = "application/vnd.dev.cosign.artifact.sig.v1+json";
    const std::string made = referrer(artifact, layer(simple_type, "payload", "s"));
    manifest(made);
    blob("payload");
    referrers(index_of({entry(made, artifact)}));
    EXPECT_THAT(collected(), ElementsAre("payload|s"));
}

TEST_F(Collect, AsksForTheOtherTypesWhereTheRegistryFilters) {
    const std::string artifact = "application/vnd.dev.cosign.artifact.sig.v1+json";
    const std::string made = referrer(artifact, layer(simple_type, "payload", "s"));
    manifest(made);
    blob("payload");
    for (const char* version : {"0.1", "0.2"}) {
        const std::string type =
            std::string("application/vnd.dev.sigstore.bundle+json;version=") + version;
        registry_.on(filtered(type), answer_of(200, index_of({})));
    }
    referrers(index_of({bundle("{}")}), {{"oci-filters-applied", "artifactType"}});
    registry_.on(filtered(artifact), answer_of(200, index_of({entry(made, artifact)})));
    std::vector<std::string> found = collected();
    std::ranges::sort(found);
    EXPECT_THAT(found, ElementsAre("payload|s", "{}|"));
}

TEST_F(Collect, LeavesReferrersOfOtherTypesAlone) {
    referrers(index_of({entry("sbom", "application/spdx+json")}));
    EXPECT_THAT(collected(), IsEmpty());
    EXPECT_THAT(registry_.log, ElementsAre(tag_line, referrers_line));
}

TEST_F(Collect, FindsTheOnlySignatureOnTheSecondPage) {
    referrers(
        index_of({}),
        {{"link", fmt::format("</v2/team/app/referrers/{}?next=1>; rel=\"next\"", image.text())}}
    );
    registry_.on(
        root + "/referrers/" + image.text() + "?next=1", answer_of(200, index_of({bundle("{}")}))
    );
    EXPECT_THAT(collected(), ElementsAre("{}|"));
}

TEST_F(Collect, FollowsNoPageToAnotherHost) {
    referrers(index_of({}), {{"link", "<https://evil.example/v2/x>; rel=next"}});
    EXPECT_THAT(
        collected(),
        ElementsAre("malformed: reg.example continues its referrers at another address")
    );
}

TEST_F(Collect, EndsPagesThatNeverEnd) {
    const std::string page = root + "/referrers/" + image.text() + "?next=1";
    const headers link = {{"link", "<?next=1>; rel=\"next\""}};
    referrers(index_of({}), link);
    registry_.on(page, answer_of(200, index_of({}), link));
    EXPECT_THAT(
        collected(),
        ElementsAre(
            "too_large: reg.example lists more than 20 pages of referrers of " + image.text()
        )
    );
    EXPECT_EQ(std::ranges::count(registry_.log, page), 19);
}

class WithoutReferrers : public Collect, public testing::WithParamInterface<unsigned> {};

TEST_P(WithoutReferrers, UsesTheFallbackTag) {
    registry_.on(referrers_line, answer_of(GetParam(), "<html>", {{"content-type", "text/html"}}));
    registry_.on(fallback_line, answer_of(200, index_of({bundle("{}")})));
    EXPECT_THAT(collected(), ElementsAre("{}|"));
}

INSTANTIATE_TEST_SUITE_P(
    Statuses,
    WithoutReferrers,
    testing::Values(200U, 400U, 404U, 405U, 406U),
    testing::PrintToStringParamName()
);

TEST_F(Collect, DoesNotUseTheFallbackTagWhereReferrersCannotBeHad) {
    registry_.on(fallback_line, answer_of(200, index_of({})));
    for (const unsigned status : {401U, 403U, 429U, 500U}) {
        registry_.on(referrers_line, answer_of(status));
        EXPECT_THAT(collected(), Not(IsEmpty())) << status;
    }
    registry_.on(
        referrers_line, answer_of(200, "{\"schemaVersion\":2,", {{"content-type", index_type}})
    );
    EXPECT_THAT(
        collected(),
        ElementsAre(
            "malformed: reg.example sent for the referrers of " + image.text()
            + " what is not an image index"
        )
    );
    EXPECT_THAT(registry_.log, Not(Contains(fallback_line)));
}

TEST_F(Collect, NamesTheRepositoryWhereItIsNotLetIn) {
    for (const std::string& refused : {tag_line, referrers_line}) {
        registry_.on(tag_line, answer_of(404));
        registry_.on(referrers_line, answer_of(404));
        registry_.on(refused, answer_of(401));
        EXPECT_THAT(
            collected(),
            ElementsAre(
                "unauthorized: reg.example answered 401 for the signatures in team/app; no docker "
                "config file has credentials for it; add some for reg.example to dockerConfigFiles"
            )
        );
    }
}

TEST_F(Collect, OpensWhatAFallbackIndexDoesNotName) {
    const std::string other = referrer("application/spdx+json", layer("x", "y"));
    manifest(other);
    registry_.on(
        fallback_line,
        answer_of(
            200, index_of({bundle("1", empty_type), bundle("2", ""), entry(other, empty_type)})
        )
    );
    EXPECT_THAT(collected(), ElementsAre("1|", "2|"));
}

TEST_F(Collect, SurvivesADanglingEntry) {
    registry_.on(
        fallback_line,
        answer_of(
            200, index_of({entry("gone", empty_type), entry("lost", bundle_type), bundle("{}")})
        )
    );
    EXPECT_THAT(
        collected(),
        ElementsAre("-|referrer " + digest::of("lost").text() + ": is listed but not there", "{}|")
    );
}

TEST_F(Collect, KeepsJunkFromHidingASignature) {
    tag("<html>");
    referrers(index_of({bundle("{}")}));
    EXPECT_THAT(collected(), ElementsAre("-|" + fallback + ".sig: is not a JSON object", "{}|"));
    tag(tag_manifest({layer(simple_type, "payload", "s")}));
    blob("payload");
    const std::string junk =
        referrer(bundle_type, layer(bundle_type, "a") + "," + layer(bundle_type, "b"));
    manifest(junk);
    referrers(index_of({entry(junk, bundle_type)}));
    EXPECT_THAT(
        collected(),
        ElementsAre(
            "payload|s",
            "-|referrer " + digest::of(junk).text() + ": does not have exactly one layer"
        )
    );
}

TEST_F(Collect, KeepsAJunkFallbackTagFromHidingASignature) {
    tag(tag_manifest({layer(simple_type, "payload", "s")}));
    blob("payload");
    registry_.on(fallback_line, answer_of(200, "<html>", {{"content-type", "text/html"}}));
    EXPECT_THAT(collected(), Contains("payload|s"));
    EXPECT_THAT(registry_.log, Contains(fallback_line));
}

TEST_F(Collect, TakesNoReferrerOfAnotherImage) {
    const std::string made =
        referrer(bundle_type, layer(bundle_type, "{}"), digest::of("other").text());
    manifest(made);
    blob("{}");
    referrers(index_of({entry(made, bundle_type)}));
    EXPECT_THAT(
        collected(),
        ElementsAre("-|referrer " + digest::of(made).text() + ": is about another image")
    );
    std::string subjectless = made;
    subjectless.erase(subjectless.find(R"(,"subject")"));
    subjectless += "}";
    manifest(subjectless);
    referrers(index_of({entry(subjectless, bundle_type)}));
    EXPECT_THAT(
        collected(),
        ElementsAre("-|referrer " + digest::of(subjectless).text() + ": is about another image")
    );
}

TEST_F(Collect, TakesNoManifestThatCallsItselfAnotherType) {
    const std::string made = referrer(bundle_type, layer(bundle_type, "{}"));
    const std::string where = "-|referrer " + digest::of(made).text() + ": ";
    blob("{}");
    referrers(index_of({entry(made, bundle_type)}));
    registry_.on(
        root + "/manifests/" + digest::of(made).text(),
        answer_of(200, made, {{"content-type", index_type}})
    );
    EXPECT_THAT(collected(), ElementsAre(where + "calls itself another type than it is sent as"));
    registry_.on(
        root + "/manifests/" + digest::of(made).text(),
        answer_of(200, made, {{"content-type", manifest_type + "; charset=utf-8"}})
    );
    EXPECT_THAT(collected(), ElementsAre("{}|"));
}

TEST_F(Collect, TakesNoIndexForTheManifestOfTheTag) {
    tag(index_of({layer(simple_type, "payload", "s")}));
    EXPECT_THAT(collected(), ElementsAre("-|" + fallback + ".sig: is not an image manifest"));
    tag(fmt::format(R"({{"schemaVersion":1,"layers":[{}]}})", layer(simple_type, "payload", "s")));
    EXPECT_THAT(collected(), ElementsAre("-|" + fallback + ".sig: is not an image manifest"));
}

TEST_F(Collect, SaysOfABlobWhyItIsNoSignature) {
    const std::string huge = fmt::format(
        R"({{"mediaType":"{}","digest":"{}","size":2147483648}})",
        simple_type,
        digest::of("huge").text()
    );
    const std::string longer = fmt::format(
        R"({{"mediaType":"{}","digest":"{}","size":2}})", simple_type, digest::of("long").text()
    );
    const std::string shorter = fmt::format(
        R"({{"mediaType":"{}","digest":"{}","size":20}})", simple_type, digest::of("short").text()
    );
    const std::string no_size =
        fmt::format(R"({{"mediaType":"{}","digest":"sha256:x"}})", simple_type);
    tag(tag_manifest({huge, longer, shorter, no_size, layer(simple_type, "gone", "s")}));
    blob("long");
    blob("short");
    const std::string where = "-|" + fallback + ".sig layer ";
    EXPECT_THAT(
        collected(),
        ElementsAre(
            where + "1: has 2147483648 bytes, more than 16 MiB",
            where + "2: is longer than its manifest says",
            where + "3: is not as long as its manifest says",
            where + "4: has no digest or no size",
            where + "5: is listed but not there"
        )
    );
}

TEST_F(Collect, RefusesBodiesThatHaveAnotherDigest) {
    const std::string one = bundle("{}");
    referrers(index_of({one}));
    registry_.on(root + "/blobs/" + digest::of("{}").text(), answer_of(200, "{"));
    EXPECT_THAT(
        collected(),
        ElementsAre(
            "malformed: reg.example sent for " + digest::of("{}").text()
            + " what has another digest"
        )
    );
}

TEST_F(Collect, IsBounded) {
    tag(tag_manifest(std::vector<std::string>(10'000, layer(simple_type, "payload", "s"))));
    EXPECT_THAT(
        collected(),
        ElementsAre(
            "too_large: reg.example holds more than 100 signatures or 32 MiB of them for "
            + image.text() + "; remove old ones"
        )
    );
    std::vector<std::string> many;
    for (int i = 0; i < 20'000; ++i) { // in 8 MiB there is room for some more
        many.push_back(entry(std::to_string(i), bundle_type));
    }
    registry_.on(tag_line, answer_of(404));
    referrers(index_of(many));
    EXPECT_THAT(
        collected(),
        ElementsAre(
            "too_large: reg.example lists more than 100 referrers of " + image.text()
            + " that may be signatures; remove old ones"
        )
    );
    EXPECT_LT(registry_.log.size(), 120U);
}

TEST_F(Collect, AsksAgainWithTheNextCredentialWhereNothingIsShown) {
    for (const char* user : {"a", "b"}) {
        credential made;
        made.user = user;
        made.password = secret("p");
        at_.credentials.push_back(std::move(made));
    }
    const auto guarded = [](http_response shown) {
        return [shown](const http_request& asked) -> scripted_registry::answer {
            const auto with = scripted_registry::header_of(asked, "Authorization");
            if (with.empty()) {
                return answer_of(401, "", {{"www-authenticate", "Basic realm=x"}});
            }
            return with == "Basic YjpwdA==" || with == "Basic Yjpw" ? shown : answer_of(404);
        };
    };
    registry_.on(
        tag_line, guarded(answer_of(200, tag_manifest({layer(simple_type, "payload", "s")})))
    );
    registry_.on(referrers_line, guarded(answer_of(200, index_of({}))));
    registry_.on(
        root + "/blobs/" + digest::of("payload").text(), guarded(answer_of(200, "payload"))
    );
    EXPECT_THAT(collected(), ElementsAre("payload|s"));
}

TEST_F(Collect, BuysOneTokenForAllRequests) {
    const auto guarded = [](http_response shown) {
        return [shown](const http_request& asked) -> scripted_registry::answer {
            if (scripted_registry::header_of(asked, "Authorization") == "Bearer T") {
                return shown;
            }
            return answer_of(
                401, "", {{"www-authenticate", R"(Bearer realm="https://auth.example/t")"}}
            );
        };
    };
    registry_.on(tag_line, guarded(answer_of(404)));
    registry_.on(referrers_line, guarded(answer_of(200, index_of({bundle("{}")}))));
    const std::string buys =
        "GET https://auth.example/t?service=&scope=repository%3Ateam%2Fapp%3Apull";
    registry_.on(buys, answer_of(200, R"({"token":"T"})"));
    EXPECT_THAT(collected(), ElementsAre("{}|"));
    EXPECT_EQ(std::ranges::count(registry_.log, buys), 1);
}

TEST_F(Collect, WaitsForARegistryThatIsTooBusy) {
    std::vector<std::string> payloads;
    std::vector<std::string> layers;
    for (int i = 0; i < 20; ++i) {
        payloads.push_back(fmt::format("payload {:02}|s", i));
        layers.push_back(layer(simple_type, fmt::format("payload {:02}", i), "s"));
        blob(fmt::format("payload {:02}", i));
    }
    tag(tag_manifest(layers));
    registry_.on(referrers_line, answer_of(404));
    registry_.fault = [](std::size_t number, scripted_registry::answer answer) {
        return number % 3 == 0 ? scripted_registry::answer(answer_of(429)) : std::move(answer);
    };
    EXPECT_EQ(collected(), payloads);
}

TEST_F(Collect, LeavesARegistryAloneThatRefusesEverything) {
    std::vector<std::string> layers;
    for (int i = 0; i < 20; ++i) {
        layers.push_back(layer(simple_type, fmt::format("payload {:02}", i), "s"));
    }
    tag(tag_manifest(layers));
    registry_.on(referrers_line, answer_of(200, index_of({}), {{"content-type", index_type}}));
    registry_.fault = [](std::size_t number, scripted_registry::answer answer) {
        return number < 2 ? std::move(answer) : scripted_registry::answer(answer_of(429));
    };
    const auto got = collected();
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].substr(0, 35), "throttled: reg.example answered 429");
    EXPECT_EQ(registry_.log.size(), 2U + 24U) << "eight at a time, until 17 were refused in a row";
}

} // namespace
} // namespace gatehouse::server
