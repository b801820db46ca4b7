// A registry that means harm, or is broken in ways that look like it, asked by the real binary. Whatever it
// does ends in "could not be verified" or "could not be used" with the cause, never in an allow; and the
// next image of it, about which it is honest, is judged as ever.

#include "tests/integration/ask.h"
#include "tests/integration/image_judge.h"
#include "tests/support/case_name.h"
#include "tests/support/eventually.h"
#include "tests/support/oci_registry.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <regex>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using peer = scripted_server::peer;
using deed = oci_registry::interception;

const std::string victim = "team/cosign3-p256";
const std::string bystander = "team/cosign2-p256";
constexpr milliseconds drip_pause{20};

/// What is asked about the victim: its .sig tag, the list of its referrers, one of them, a bundle.
enum class place : std::uint8_t { tag, list, referrer, bundle };

bool is_at(place where, const registry_request& asked) {
    switch (where) {
    case place::tag:
        return asked.kind == "manifests" && asked.name.ends_with(".sig");
    case place::list:
        return asked.kind == "referrers";
    case place::referrer:
        return asked.kind == "manifests" && asked.name.starts_with("sha256:");
    case place::bundle:
        return asked.kind == "blobs";
    }
    return false;
}

deed both(deed one, deed other) {
    return [one = std::move(one),
            other = std::move(other)](const registry_request& asked, peer& with) {
        const std::optional<bool> done = one(asked, with);
        return done ? done : other(asked, with);
    };
}

using words = std::function<bool(const registry_request&, peer&)>;

/// Says these words there, and is honest elsewhere.
deed at(place where, words say) {
    return
        [where,
         say = std::move(say)](const registry_request& asked, peer& with) -> std::optional<bool> {
            if (asked.repository != victim || !is_at(where, asked)) {
                return std::nullopt;
            }
            return say(asked, with);
        };
}

words bytes(std::string text, bool stays = true) {
    return [text = std::move(text), stays](const registry_request&, peer& with) {
        return with.write(text) && stays;
    };
}

words answer(const std::string& status, const std::string& body, const std::string& headers = "") {
    return bytes(http_answer(status, body, headers));
}

words redirect(const std::string& to) {
    return answer("307 Temporary Redirect", "", "Location: " + to + "\r\n");
}

/// `head`, then `piece` for as long as anybody listens.
words endless(std::string head, std::string piece, bool slowly = false) {
    return [=](const registry_request&, peer& with) {
        bool is_there = with.write(head);
        while (is_there) {
            is_there = with.write(piece) && !(slowly && with.leaves_within(drip_pause));
        }
        return false;
    };
}

const std::string ok =
    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.index.v1+json\r\n";

words endless_chunks() {
    return endless(
        ok + "Transfer-Encoding: chunked\r\n\r\n", "10000\r\n" + std::string(65536, ' ') + "\r\n"
    );
}

std::string descriptors(std::size_t number, const std::string& type) {
    std::string out;
    for (std::size_t i = 0; i < number; ++i) {
        out += fmt::format(
            R"({}{{"mediaType":"{}","artifactType":"{}","digest":"sha256:{:064x}","size":3}})",
            i == 0 ? "" : ",",
            type,
            type,
            i
        );
    }
    return out;
}

const std::string bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
const std::string simple_type = "application/vnd.dev.cosign.simplesigning.v1+json";
const std::string index_header = "Content-Type: application/vnd.oci.image.index.v1+json\r\n";

/// A long list, made when it is asked for: every process of this program sets up every case.
words list_of(std::string field, std::size_t number, std::string type, std::string header) {
    return [=](const registry_request&, peer& with) {
        const std::string body =
            fmt::format(R"({{"schemaVersion":2,"{}":[{}]}})", field, descriptors(number, type));
        return with.write(http_answer("200 OK", body, header));
    };
}

words index_of(std::size_t number, const std::string& type) {
    return list_of("manifests", number, type, index_header);
}

words manifest_of(std::size_t number, const std::string& type) {
    return list_of("layers", number, type, "");
}

struct hostile_case {
    std::string name;
    deed what;
    std::string cause; ///< HOST, IMAGE, HEX, REFERRER and BUNDLE stand for what they are
};

std::string could_not(const std::string& cause) { return "could not be verified: " + cause; }
std::string does_not_count(const std::string& defect) {
    return "is signed, but not by ci: a signature could not be used: " + defect
           + "; sign it with a key of ci";
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
        text.replace(at, what.size(), by);
    }
    return text;
}

class HostileRegistry : public testing::TestWithParam<hostile_case> {
  protected:
    HostileRegistry() {
        registry_.add_fixture(victim);
        registry_.add_fixture(bystander);
    }
    [[nodiscard]] std::string expected() const {
        const std::string referrer = fixture_referrer(victim);
        const json manifest = json::parse(fixture_content(referrer));
        std::string text = GetParam().cause;
        text = replaced(text, "HOST", registry_.host());
        text = replaced(text, "IMAGE", fixture_image(victim).text());
        text = replaced(text, "HEX", std::string(fixture_image(victim).hex()));
        text = replaced(text, "REFERRER", referrer);
        text = replaced(text, "BUNDLE", manifest.at("layers").at(0).at("digest"));
        return complaint(by_digest(registry_.host(), victim), text);
    }
    /// How long we waited is as long as it takes.
    static std::string without_time(const std::string& message) {
        return std::regex_replace(message, std::regex(R"(within [0-9]+\.[0-9] s)"), "within N s");
    }

    oci_registry registry_{{.page = 3}, GetParam().what};
    image_judge judge_{
        signed_policy({{.images = registry_.host() + "/**"}}),
        configuration_of({plain_registry(registry_.host())})};
};

TEST_P(HostileRegistry, IsNeverBelieved) {
    const bool is_slow = GetParam().cause.find("within N s") != std::string::npos;
    EXPECT_EQ(
        without_time(judge_.denial(by_digest(registry_.host(), victim), is_slow ? "1s" : "30s")),
        expected()
    );
    EXPECT_EQ(judge_.denial(by_digest(registry_.host(), bystander)), "");
    EXPECT_EQ(
        judge_.metric(
            R"(gatehouse_admission_requests_total{operation="CREATE",resource="pods",decision="error"})"
        ),
        0
    );
    // What a sanitizer keeps is in it, too; a read without an end would be gigabytes.
    EXPECT_LT(judge_.metric("process_resident_memory_bytes"), 512e6);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies,
    HostileRegistry,
    testing::Values(
        hostile_case{
            "AManifestOfAnotherDigest",
            at(place::referrer, answer("200 OK", "{}")),
            could_not("HOST sent for REFERRER what has another digest")},
        hostile_case{
            "ABundleOfAnotherDigest",
            at(place::bundle, answer("200 OK", "{}")),
            could_not("HOST sent for BUNDLE what has another digest")},
        hostile_case{
            "ABundleThatIsAWebPage",
            at(place::bundle, answer("200 OK", "<html>", "Content-Type: text/html\r\n")),
            could_not("HOST sent for BUNDLE what has another digest")},
        hostile_case{
            "AnEndlessTag",
            at(place::tag, endless_chunks()),
            could_not("127.0.0.1 answered with more than 8388608 bytes")},
        hostile_case{
            "AnEndlessList",
            at(place::list, endless_chunks()),
            could_not("127.0.0.1 answered with more than 8388608 bytes")},
        hostile_case{
            "AnEndlessManifest",
            at(place::referrer, endless_chunks()),
            does_not_count("referrer REFERRER: has a manifest of more than 8 MiB")},
        hostile_case{
            "AnEndlessBundle",
            at(place::bundle, endless_chunks()),
            does_not_count("referrer REFERRER: is longer than its manifest says")},
        hostile_case{
            "ABundleAnnouncedWithTwoGibibytes",
            at(place::bundle, bytes(ok + "Content-Length: 2147483648\r\n\r\n")),
            does_not_count("referrer REFERRER: is longer than its manifest says")},
        hostile_case{
            "ABundleShorterThanItsLength",
            at(place::bundle, bytes(ok + "Content-Length: 100\r\n\r\n{}", false)),
            could_not("127.0.0.1 closed the connection before its answer was whole; check that "
                      "the registry is up and can be reached")},
        hostile_case{
            "ABundleLongerThanItsLength",
            at(place::bundle, bytes(ok + "Content-Length: 2\r\n\r\n{}{}")),
            could_not("HOST sent for BUNDLE what has another digest")},
        hostile_case{
            "TwoLengths",
            at(place::bundle, bytes(ok + "Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}")),
            could_not("127.0.0.1 answered with what is no HTTP: multiple Content-Length")},
        hostile_case{
            "ALengthBesideChunks",
            at(place::bundle,
               bytes(
                   ok
                   + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{}{}\r\n0\r\n\r\n"
               )),
            could_not("127.0.0.1 answered with what is no HTTP: bad Transfer-Encoding")},
        hostile_case{
            "AGzipBomb",
            at(place::bundle,
               answer("200 OK", std::string(100, 'z'), "Content-Encoding: gzip\r\n")),
            could_not("HOST sent a compressed answer, which was not asked for")},
        hostile_case{
            "ADrippingBody",
            at(place::list, endless(ok + "Content-Length: 1000000\r\n\r\n", " ", true)),
            could_not("the registry did not answer within N s; trying again "
                      "soon may succeed")},
        hostile_case{
            "ADrippingHead",
            at(place::tag, endless("HTTP/1.1 200 OK\r\nX-Slow: ", "x", true)),
            could_not("the registry did not answer within N s; trying again "
                      "soon may succeed")}
    ),
    case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Lists,
    HostileRegistry,
    testing::Values(
        hostile_case{
            "TenThousandReferrers",
            at(place::list, index_of(10'000, bundle_type)),
            could_not("HOST lists more than 100 referrers of IMAGE that may be signatures; remove "
                      "old ones")},
        hostile_case{
            "AHundredThousandReferrers",
            at(place::list, index_of(100'000, bundle_type)),
            could_not("127.0.0.1 answered with more than 8388608 bytes")},
        hostile_case{
            "TenThousandLayers",
            at(place::tag, manifest_of(10'000, simple_type)),
            could_not(
                "HOST holds more than 100 signatures or 32 MiB of them for IMAGE; remove old ones"
            )},
        hostile_case{
            "ALayerOfTwoGibibytes",
            both(
                at(place::tag,
                   answer(
                       "200 OK",
                       fmt::format(
                           R"({{"schemaVersion":2,"layers":[{{"mediaType":"{}","digest":"sha256:{:064x}","size":2147483648}}]}})",
                           simple_type,
                           1
                       )
                   )),
                at(place::list, index_of(0, bundle_type))
            ),
            does_not_count("sha256-HEX.sig layer 1: has 2147483648 bytes, more than 16 MiB")},
        hostile_case{
            "PagesThatNeverEnd",
            at(place::list,
               [](const registry_request& asked, peer& with) {
                   return with.write(http_answer(
                       "200 OK",
                       R"({"schemaVersion":2,"manifests":[]})",
                       index_header + "Link: <" + asked.target + "&more=1>; rel=\"next\"\r\n"
                   ));
               }),
            could_not("HOST lists more than 20 pages of referrers of IMAGE")},
        hostile_case{
            "APageOnAnotherHost",
            at(place::list,
               answer(
                   "200 OK",
                   R"({"schemaVersion":2,"manifests":[]})",
                   index_header + "Link: <http://127.0.0.2/v2/x>; rel=\"next\"\r\n"
               )),
            could_not("HOST continues its referrers at another address")},
        hostile_case{
            "AManifestSentAsAnIndex",
            at(place::referrer,
               [](const registry_request& asked, peer& with) {
                   return with.write(
                       http_answer("200 OK", fixture_content(asked.name), index_header)
                   );
               }),
            does_not_count("referrer REFERRER: calls itself another type than it is sent as")}
    ),
    case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Redirects,
    HostileRegistry,
    testing::Values(
        hostile_case{
            "InACircle",
            at(place::bundle,
               [](const registry_request& asked, peer& with) {
                   return redirect(asked.target)(asked, with);
               }),
            could_not("HOST redirects more than 5 times")},
        hostile_case{
            "Fifty",
            at(place::bundle,
               [](const registry_request& asked, peer& with) {
                   return redirect(asked.target + "?")(asked, with);
               }),
            could_not("HOST redirects more than 5 times")},
        hostile_case{
            "ToTheMetadataService",
            at(place::bundle, redirect("http://169.254.169.254/latest/meta-data/")),
            could_not("169.254.169.254 is at a private address, which is asked only for registries "
                      "listed in the ServerConfiguration")},
        hostile_case{
            "ToAPrivateAddress",
            at(place::bundle, redirect("http://127.0.0.2:8080/")),
            could_not("127.0.0.2 is at a private address, which is asked only for registries "
                      "listed in the ServerConfiguration")},
        hostile_case{
            "ToAPrivateAddressInAnIpv6One",
            at(place::bundle, redirect("http://[::ffff:10.0.0.1]/")),
            could_not("::ffff:10.0.0.1 is at a private address, which is asked only for "
                      "registries listed in the ServerConfiguration")},
        hostile_case{
            "ToAnotherScheme",
            at(place::bundle, redirect("file:///etc/passwd")),
            could_not("HOST redirects to what is no address")},
        hostile_case{
            "WithAPassword",
            at(place::bundle, redirect("http://a:b@127.0.0.1/")),
            could_not("HOST redirects to what is no address")},
        hostile_case{
            "ToNowhere",
            at(place::bundle, answer("302 Found", "")),
            could_not("HOST redirects to what is no address")}
    ),
    case_name()
);

INSTANTIATE_TEST_SUITE_P(
    Refusals,
    HostileRegistry,
    testing::Values(
        hostile_case{
            "Forbidden",
            at(place::tag, answer("403 Forbidden", "")),
            could_not("HOST answered 403 for the signatures in team/cosign3-p256; no docker config "
                      "file has credentials for it; add some for HOST to dockerConfigFiles")},
        hostile_case{
            "Throttled",
            at(place::tag, answer("429 Too Many Requests", "", "Retry-After: 60\r\n")),
            could_not("HOST answered 429 for team/cosign3-p256:sha256-HEX.sig: too many "
                      "requests; try again")},
        hostile_case{
            "Broken",
            at(place::tag, answer("503 Service Unavailable", "")),
            could_not("HOST answered 503 for team/cosign3-p256:sha256-HEX.sig; try again")},
        hostile_case{
            "Gone",
            at(place::bundle, bytes("", false)),
            could_not("127.0.0.1 closed the connection before its answer was whole; check that "
                      "the registry is up and can be reached")}
    ),
    case_name()
);

} // namespace
} // namespace gatehouse::testing_support
