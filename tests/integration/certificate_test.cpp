// Serving certificates that change while reviews come in: no request is lost, and a pair that does not
// fit is never served.

#include "tests/integration/api_server.h"
#include "tests/integration/ask.h"
#include "tests/integration/request_load.h"
#include "tests/integration/test_server.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/eventually.h"
#include "tests/support/mounted_files.h"
#include "tests/support/review_builder.h"
#include "tests/support/test_certs.h"

#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

server::wall_time now() { return std::chrono::system_clock::now(); }

constexpr seconds rotation_limit{10};

std::string served_by(std::uint16_t port) { return tls_connection(port).peer_certificate(); }

bool serves(std::uint16_t port, const test_pair& pair) {
    return served_by(port) == pair.certificate;
}

TEST(Certificate, RotatesFileByFileUnderLoad) {
    const test_pair ca = make_authority("test CA");
    const test_pair before = make_leaf(ca, now());
    const test_pair after = make_leaf(ca, now());
    const temp_dir files;
    const std::string certificate = files.write("tls.crt", before.certificate);
    const std::string key = files.write("tls.key", before.key);
    test_server server({"--tls-cert", certificate, "--tls-key", key});
    ASSERT_TRUE(serves(server.port(), before));

    request_load load(server.port());
    static_cast<void>(files.replace("tls.crt", after.certificate));
    // For a while certificate and key do not fit: the old pair goes on.
    const auto failures = [&] {
        return metric(server.ops_port(), R"(gatehouse_certificate_loads_total{result="error"})");
    };
    EXPECT_TRUE(eventually(rotation_limit, [&] { return failures() > 0; }));
    EXPECT_TRUE(serves(server.port(), before));
    static_cast<void>(files.replace("tls.key", after.key));
    EXPECT_TRUE(eventually(rotation_limit, [&] { return serves(server.port(), after); }));
    const int answered = load.answers();
    EXPECT_TRUE(eventually(seconds(5), [&] { return load.answers() > answered + 50; }));
    load.stop();
    EXPECT_THAT(load.losses(), testing::IsEmpty());
}

TEST(Certificate, RotatesWithASwappedMountUnderLoad) {
    const test_pair ca = make_authority("test CA");
    const temp_dir directory;
    mounted_files mount(directory / "tls");
    const auto put = [&](const test_pair& pair) {
        mount.swap({{"tls.crt", pair.certificate}, {"tls.key", pair.key}});
    };
    const test_pair first = make_leaf(ca, now());
    put(first);
    test_server server({"--tls-cert", mount / "tls.crt", "--tls-key", mount / "tls.key"});
    ASSERT_TRUE(serves(server.port(), first));

    request_load load(server.port());
    for (int round = 0; round < 2; ++round) {
        const test_pair next = make_leaf(ca, now());
        put(next);
        EXPECT_TRUE(eventually(rotation_limit, [&] { return serves(server.port(), next); }));
    }
    load.stop();
    EXPECT_THAT(load.losses(), testing::IsEmpty());
    EXPECT_GT(load.answers(), 50);
}

TEST(Certificate, ABrokenOneKeepsTheOldPair) {
    const test_pair ca = make_authority("test CA");
    const test_pair good = make_leaf(ca, now());
    const temp_dir files;
    const std::string certificate = files.write("tls.crt", good.certificate);
    const std::string key = files.write("tls.key", good.key);
    test_server server({"--tls-cert", certificate, "--tls-key", key});
    static_cast<void>(files.replace("tls.crt", "-----BEGIN CERTIFICATE-----\nbroken\n"));
    EXPECT_TRUE(eventually(rotation_limit, [&] {
        return metric(server.ops_port(), R"(gatehouse_certificate_loads_total{result="error"})")
               > 0;
    }));
    EXPECT_TRUE(serves(server.port(), good));
    EXPECT_EQ(verdict_on(server.port(), review_of(bad_pod())).at("allowed"), false);
}

} // namespace
} // namespace gatehouse::testing_support
