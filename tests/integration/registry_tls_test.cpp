// A registry over TLS with a certificate of a private authority: trusted by the registry's caFile alone, and
// only for the name that the image has.

#include "tests/integration/docker_registry.h"
#include "tests/integration/image_judge.h"
#include "tests/support/connect_proxy.h"
#include "tests/support/test_certs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

class RegistryTls : public testing::Test {
  protected:
    test_pair leaf(const std::string& names) const {
        return make_leaf(authority_, std::chrono::system_clock::now(), {.names = names});
    }
    /// Lists the registry under `name`, with `caFile` unless it is to be left out.
    image_judge judge_of(const docker_registry& registry, const std::string& name, bool has_ca)
        const {
        const std::string host = registry.host(name);
        return image_judge(
            signed_policy({{.images = "**"}}),
            configuration_of({fmt::format(
                "{{host: \"{}\"{}}}",
                host,
                has_ca ? ", caFile: " + files_.write("ca.pem", authority_.certificate) : ""
            )})
        );
    }
    static std::string image(const docker_registry& registry, const std::string& name) {
        return by_digest(registry.host(name), "team/cosign2-p256");
    }

    temp_dir files_;
    test_pair authority_ = make_authority("the bank's registries");
    registry_storage storage_{{"team/cosign2-p256"}};
};

TEST_F(RegistryTls, OfAPrivateAuthorityIsTrustedByName) {
    const docker_registry registry(
        storage_.path(), {.identity = leaf("DNS:localhost"), .auth = {}}
    );
    image_judge judge = judge_of(registry, "localhost", true);
    EXPECT_EQ(judge.denial(image(registry, "localhost")), "");
}

TEST_F(RegistryTls, OfAPrivateAuthorityIsTrustedByAddress) {
    const docker_registry registry(storage_.path(), {.identity = leaf("IP:127.0.0.1"), .auth = {}});
    image_judge judge = judge_of(registry, "127.0.0.1", true);
    EXPECT_EQ(judge.denial(image(registry, "127.0.0.1")), "");
}

TEST_F(RegistryTls, OfAnUnknownAuthorityIsNotTrusted) {
    const docker_registry registry(
        storage_.path(), {.identity = leaf("DNS:localhost"), .auth = {}}
    );
    image_judge judge = judge_of(registry, "localhost", false);
    EXPECT_EQ(
        judge.denial(image(registry, "localhost")),
        complaint(
            image(registry, "localhost"),
            "could not be verified: the certificate of localhost is not to be trusted: unable to "
            "get local issuer certificate; name its CA in caFile of the registry's entry if it is "
            "a private one"
        )
    );
}

TEST_F(RegistryTls, WithACertificateOfAnotherNameIsNotTrusted) {
    const docker_registry registry(
        storage_.path(), {.identity = leaf("DNS:registry.example"), .auth = {}}
    );
    image_judge judge = judge_of(registry, "localhost", true);
    EXPECT_EQ(
        judge.denial(image(registry, "localhost")),
        complaint(
            image(registry, "localhost"),
            "could not be verified: the certificate of localhost is not to be trusted: hostname "
            "mismatch; name the registry as its certificate does"
        )
    );
}

TEST_F(RegistryTls, ThatTurnsOutToSpeakPlainHttpIsNotAsked) {
    const docker_registry registry(storage_.path());
    image_judge judge = judge_of(registry, "localhost", true);
    EXPECT_EQ(
        judge.denial(image(registry, "localhost")),
        complaint(
            image(registry, "localhost"),
            "could not be verified: no TLS connection could be made to localhost: wrong version "
            "number (SSL routines); a registry without TLS is listed in the ServerConfiguration "
            "with plainHTTP: true"
        )
    );
}

TEST_F(RegistryTls, IsReachedThroughATunnelOfTheProxy) {
    const docker_registry registry(
        storage_.path(), {.identity = leaf("DNS:registry.example"), .auth = {}}
    );
    const connect_proxy proxy({{"registry.example:443", registry.port()}});
    const auto judge_with = [&](const std::string& no_proxy) {
        return image_judge(
            signed_policy({{.images = "**"}}),
            configuration_of(
                {"{host: registry.example, caFile: "
                 + files_.write("ca.pem", authority_.certificate) + "}"},
                fmt::format("proxy: {{https: \"{}\", noProxy: [{}]}}\n", proxy.url(), no_proxy)
            )
        );
    };
    const std::string image = by_digest("registry.example", "team/cosign2-p256");
    image_judge through = judge_with(".svc");
    EXPECT_EQ(through.denial(image), "");
    EXPECT_THAT(proxy.log(), testing::Each("CONNECT registry.example:443"));
    EXPECT_FALSE(proxy.log().empty());

    // Nobody else knows where registry.example is.
    const std::size_t tunnels = proxy.log().size();
    image_judge around = judge_with("registry.example");
    EXPECT_EQ(
        around.denial(image),
        complaint(
            image,
            "could not be verified: the name registry.example does not exist; check the image's "
            "registry"
        )
    );
    EXPECT_EQ(proxy.log().size(), tunnels);
}

TEST_F(RegistryTls, BehindAProxyMustBeTheRegistryAllTheSame) {
    const docker_registry registry(
        storage_.path(), {.identity = leaf("DNS:evil.example"), .auth = {}}
    );
    const connect_proxy proxy({{"registry.example:443", registry.port()}});
    image_judge judge(
        signed_policy({{.images = "**"}}),
        configuration_of(
            {"{host: registry.example, caFile: " + files_.write("ca.pem", authority_.certificate)
             + "}"},
            fmt::format("proxy: {{https: \"{}\"}}\n", proxy.url())
        )
    );
    const std::string image = by_digest("registry.example", "team/cosign2-p256");
    EXPECT_EQ(
        judge.denial(image),
        complaint(
            image,
            "could not be verified: the certificate of registry.example is not to be trusted: "
            "hostname mismatch; name the registry as its certificate does"
        )
    );
}

} // namespace
} // namespace gatehouse::testing_support
