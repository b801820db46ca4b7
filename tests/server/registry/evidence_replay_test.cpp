// Every exchange of every way to the evidence of an image, broken in every manner: what decide() makes of it is
// a denial or the allow that an unbroken conversation gives, and nothing that is not an outage ever passes
// for one.
#include "tests/support/evidence_replay.h"

#include "policy/text.h"
#include "server/registry/oci_manifest.h"
#include "tests/server/registry/evidence_ways.h"
#include "tests/support/case_name.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using namespace testing_support; // NOLINT: the builders that every line below is made of
using policy::failure_cause;
using policy::fetch_failure;
using testing::IsEmpty;
using answer = scripted_registry::answer;

struct fault {
    std::string name;
    bool is_outage = false;  ///< onRegistryUnavailable: Warn may hold
    bool is_absence = false; ///< says that there is nothing, which may be believed
    std::function<answer(answer)> how;
};

http_response response_in(const answer& whole) {
    const auto* got = std::get_if<http_response>(&whole);
    return got == nullptr ? answer_of(500) : *got;
}

fault with_body(std::string name, const std::function<std::string(std::string)>& change) {
    return {std::move(name), false, false, [change](const answer& whole) {
                http_response got = response_in(whole);
                got.body = change(std::move(got.body));
                return answer(got);
            }};
}

fault with_header(std::string name, std::string key, std::string value) {
    return {
        std::move(name),
        false,
        false,
        [key = std::move(key), value = std::move(value)](const answer& whole) {
            http_response got = response_in(whole);
            std::erase_if(got.headers, [&](const auto& one) { return one.first == key; });
            got.headers.emplace_back(key, value);
            return answer(got);
        }};
}

fault redirect_to(const std::string& where, bool is_absence, unsigned status = 307) {
    const auto how = [=](const answer&) {
        return answer(answer_of(status, "", {{"location", where}}));
    };
    return {fmt::format("{} to {}", status, where), false, is_absence, how};
}

std::vector<fault> failures() {
    std::vector<fault> all;
    for (std::size_t i = 0; i < policy::failure_cause_count; ++i) {
        const auto cause = static_cast<failure_cause>(i);
        all.push_back(
            {std::string(name_of(cause)),
             is_outage(cause),
             false,
             [cause](const answer&) {
                 return answer(fetch_failure{cause, "it broke; mend it", false});
             }}
        );
    }
    return all;
}

std::vector<fault> short_reads() {
    std::vector<fault> all;
    for (const unsigned percent : {0U, 1U, 50U, 99U}) {
        all.push_back(with_body(fmt::format("{} percent", percent), [percent](std::string body) {
            return body.substr(0, body.size() * percent / 100);
        }));
    }
    all.push_back(with_body("all but one byte", [](std::string body) {
        return body.substr(0, body.size() - std::min<std::size_t>(body.size(), 1));
    }));
    return all;
}

std::vector<fault> statuses() {
    std::vector<fault> all;
    for (const unsigned status :
         {204U, 206U, 300U, 301U, 304U, 400U, 401U, 402U, 403U, 404U, 405U, 406U,
          410U, 416U, 418U, 429U, 451U, 500U, 501U, 502U, 503U, 504U, 599U, 600U}) {
        const bool is_outage = status == 429 || (status >= 500 && status < 600);
        const bool is_absence = status == 400 || (status >= 404 && status <= 406);
        all.push_back({std::to_string(status), is_outage, is_absence, [status](const answer&) {
                           return answer(answer_of(status, "no"));
                       }});
    }
    all.push_back({"429 and when to come again", true, false, [](const answer&) {
                       return answer(answer_of(429, "", {{"retry-after", "1"}}));
                   }});
    return all;
}

std::vector<fault> garbage() {
    std::vector<fault> all;
    for (const std::string& body :
         {std::string("<html>Welcome</html>"),
          std::string("null"),
          std::string("{}"),
          std::string("[]"),
          std::string("{\"schemaVersion\":2}"),
          std::string("{\"schemaVersion\":2,\"manifests\":[]}"),
          std::string("{\"schemaVersion\":2,\"layers\":[]}"),
          std::string("{\"token\":\"x\",\"token\":\"y\"}"),
          std::string("\0\xff\xfe{", 4),
          std::string(10'000, '[')}) {
        all.push_back(with_body(
            fmt::format("{} bytes of {}", body.size(), policy::printable(body, 40)),
            [body](const std::string&) { return body; }
        ));
        // An empty list of referrers is what it says.
        all.back().is_absence = body.find("schemaVersion") != std::string::npos;
    }
    all.push_back({"a page of a portal", false, true, [](const answer&) {
                       return answer(answer_of(200, "<html>", {{"content-type", "text/html"}}));
                   }});
    all.push_back(with_header("compressed", "content-encoding", "gzip"));
    return all;
}

std::vector<fault> other_contents() {
    std::vector<fault> all = {
        with_header("another digest", "docker-content-digest", policy::digest::of("other").text()),
        with_header("another type", "content-type", "application/vnd.oci.image.config.v1+json"),
        with_body("one byte", [](std::string body) {
            if (!body.empty()) {
                body[body.size() / 2] = static_cast<char>(body[body.size() / 2] ^ 1);
            }
            return body;
        })};
    // What is right elsewhere. An image's manifest under the .sig tag says that there is no signature.
    for (const std::string& body : contents_of_other_images()) {
        all.push_back(with_body("of another image", [body](const std::string&) { return body; }));
        all.back().is_absence = true;
    }
    return all;
}

std::vector<fault> redirects() {
    // Where a registry sends us for a tag, "not there" is as good as from itself.
    return {
        redirect_to("https://elsewhere.example/junk", true),
        redirect_to("https://elsewhere.example/nothing", true),
        redirect_to("https://elsewhere.example/circle", false, 302),
        redirect_to("/v2/", true, 301),
        redirect_to("http://registry.example/v2/plain", false),
        redirect_to("https://169.254.169.254/latest/meta-data", true, 308),
        redirect_to("file:///etc/passwd", false, 303),
        redirect_to("", false)};
}

class EvidenceReplay : public testing::TestWithParam<evidence_way> {
  protected:
    EvidenceReplay() : replay_(GetParam().image), digest_(GetParam().lay(replay_)) {
        replay_.registry.on(
            "GET https://elsewhere.example/junk", answer_of(200, "{\"schemaVersion\":2}")
        );
        replay_.registry.on(
            "GET https://elsewhere.example/circle", answer_of(302, "", {{"location", "/circle"}})
        );
    }

    /// Messages of what stands against the pod.
    static std::vector<std::string> denials_of(const policy::verdict& of) {
        std::vector<std::string> out;
        for (const policy::violation& one : of.violations) {
            if (one.action == policy::action::deny) {
                out.push_back(one.message);
            }
        }
        return out;
    }

    void expect_sound(const evidence_replay::verdicts& got, const fault& broken) {
        const std::string start = fmt::format("container \"app\" image {} ", GetParam().image);
        if (got.denying.allowed()) {
            EXPECT_EQ(GetParam().verdict, "") << "what is not signed is allowed";
            EXPECT_THAT(got.denying.violations, IsEmpty());
            EXPECT_THAT(got.denying.unverified, IsEmpty());
            ASSERT_EQ(got.denying.images.size(), 1U);
            EXPECT_EQ(got.denying.images[0].digest, digest_.text());
        } else {
            ++denials_;
            const auto lines = denials_of(got.denying);
            ASSERT_EQ(lines.size(), 1U);
            EXPECT_THAT(lines[0], testing::StartsWith(start));
            const bool is_told_absent = lines[0].find(" is not signed; ") != std::string::npos
                                        && lines[0].find(digest_.text()) != std::string::npos;
            EXPECT_TRUE(!is_told_absent || broken.is_absence || GetParam().verdict != "")
                << lines[0];
            last_ = lines[0].substr(start.size());
            said_.insert(last_);
        }
        if (got.warning.allowed() && !got.denying.allowed()) {
            EXPECT_TRUE(broken.is_outage) << last_;
            EXPECT_EQ(got.warning.unverified.size(), 1U);
        }
        if (got.denying.allowed()) {
            EXPECT_TRUE(got.warning.allowed());
        }
    }

    enum class reach { one, one_and_all_behind_it };

    /// Each exchange broken in turn.
    void break_each(const std::vector<fault>& faults, reach far = reach::one) {
        for (const fault& one : faults) {
            for (std::size_t broken = 0; broken < GetParam().exchanges; ++broken) {
                break_from(broken, 1, one);
                if (far == reach::one_and_all_behind_it) {
                    break_from(broken, std::numeric_limits<std::size_t>::max(), one);
                }
            }
        }
        EXPECT_GT(denials_, 0U) << "nothing was broken";
    }

    void break_from(std::size_t first, std::size_t count, const fault& how) {
        SCOPED_TRACE(
            fmt::format("{} at exchange {}{}", how.name, first, count == 1 ? "" : " and later")
        );
        replay_.registry.fault = [&](std::size_t number, answer whole) {
            return number >= first && number - first < count ? how.how(whole) : whole;
        };
        expect_sound(replay_.judge(), how);
    }

    evidence_replay replay_;
    policy::digest digest_;
    std::size_t denials_ = 0;
    std::string last_;           ///< what the last denial said of the image
    std::set<std::string> said_; ///< what any said
};

TEST_P(EvidenceReplay, EndsInItsVerdict) {
    const auto got = replay_.judge();
    EXPECT_EQ(replay_.registry.log.size(), GetParam().exchanges)
        << testing::PrintToString(replay_.registry.log);
    const std::string start = fmt::format("container \"app\" image {} ", GetParam().image);
    for (const policy::verdict* one : {&got.denying, &got.warning}) {
        EXPECT_EQ(one->allowed(), GetParam().verdict.empty());
        const auto lines = denials_of(*one);
        const std::vector<std::string> expected(
            GetParam().verdict.empty() ? 0 : 1, start + GetParam().verdict
        );
        EXPECT_EQ(lines, expected);
        EXPECT_THAT(one->unverified, IsEmpty());
    }
}

TEST_P(EvidenceReplay, HoldsBehindAFailure) {
    break_each(failures(), reach::one_and_all_behind_it);
    const std::string whole = "could not be verified: it broke; mend it";
    EXPECT_THAT(said_, testing::Contains(whole));
    // A signature that is too large is not one that could not be had.
    EXPECT_THAT(
        said_,
        testing::Each(testing::AnyOf(whole, testing::StartsWith("is signed, but not by kms: ")))
    );
}

TEST_P(EvidenceReplay, HoldsBehindAShortRead) {
    break_each(short_reads(), reach::one_and_all_behind_it);
}

TEST_P(EvidenceReplay, HoldsBehindAnyStatus) {
    break_each(statuses(), reach::one_and_all_behind_it);
}

TEST_P(EvidenceReplay, HoldsBehindGarbage) { break_each(garbage()); }

TEST_P(EvidenceReplay, HoldsBehindOtherContents) { break_each(other_contents()); }

TEST_P(EvidenceReplay, HoldsBehindARedirect) { break_each(redirects()); }

TEST_P(EvidenceReplay, HoldsWhenItIsCancelled) {
    const fault silence{"silence", true, false, {}};
    for (const auto ending :
         {evidence_replay::silence::out_of_time, evidence_replay::silence::stopped}) {
        replay_.ends = ending;
        for (std::size_t from = 0; from < GetParam().exchanges; ++from) {
            SCOPED_TRACE(fmt::format("silent from exchange {}", from));
            replay_.silent_from = from;
            const auto got = replay_.judge();
            expect_sound(got, silence);
            EXPECT_FALSE(got.denying.allowed());
            EXPECT_EQ(
                last_,
                ending == evidence_replay::silence::stopped
                    ? "could not be verified: the lookup was ended before it was done; try again"
                    : "could not be verified: the registry did not answer within 8.0 s; "
                      "trying again soon may succeed"
            );
        }
    }
}

// The registry answers each question about the tag in another way.
TEST(EvidenceOfAMovingTag, IsOfTheDigestThatItHadFirst) {
    evidence_replay replay("registry.example/team/cosign2-p256:1.0");
    serve_fixture(replay.registry, "team/cosign2-p256");
    const std::string digest = fixture_image("team/cosign2-p256").text();
    const std::string other = fixture_image("team/unsigned").text();
    const std::string tag = " https://registry.example/v2/team/cosign2-p256/manifests/1.0";
    int asked = 0;
    replay.registry.on("HEAD" + tag, [&](const http_request&) -> answer {
        return answer_of(
            200,
            "",
            {{"docker-content-digest", ++asked == 1 ? digest : other},
             {"content-type", std::string(oci_manifest_type)},
             {"content-length", "2"}}
        );
    });
    replay.registry.on(
        "GET" + tag,
        answer_of(200, fixture_content(other), {{"content-type", std::string(oci_manifest_type)}})
    );
    const auto got = replay.judge();
    EXPECT_TRUE(got.denying.allowed());
    ASSERT_EQ(got.denying.images.size(), 1U);
    EXPECT_EQ(got.denying.images[0].digest, digest);
    EXPECT_EQ(asked, 1) << "a second question may have another answer";
    EXPECT_THAT(replay.registry.log, testing::Not(testing::Contains("GET" + tag)));
}

TEST(EvidenceOfAMovingTag, IsOfTheFirstBodyWhereHeadIsRefused) {
    evidence_replay replay("registry.example/team/cosign2-p256:1.0");
    serve_fixture(replay.registry, "team/cosign2-p256");
    const std::string digest = fixture_image("team/cosign2-p256").text();
    const std::string other = fixture_image("team/unsigned").text();
    const std::string tag = " https://registry.example/v2/team/cosign2-p256/manifests/1.0";
    int asked = 0;
    replay.registry.on("HEAD" + tag, answer_of(405));
    replay.registry.on("GET" + tag, [&](const http_request&) -> answer {
        return answer_of(
            200,
            fixture_content(++asked == 1 ? digest : other),
            {{"content-type", std::string(oci_manifest_type)}}
        );
    });
    const auto got = replay.judge();
    EXPECT_TRUE(got.denying.allowed());
    ASSERT_EQ(got.denying.images.size(), 1U);
    EXPECT_EQ(got.denying.images[0].digest, digest);
    EXPECT_EQ(asked, 1) << "a second body may be another one";
}

INSTANTIATE_TEST_SUITE_P(Ways, EvidenceReplay, testing::ValuesIn(evidence_ways()), case_name());

} // namespace
} // namespace gatehouse::server
