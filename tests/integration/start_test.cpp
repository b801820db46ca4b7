// How the program starts, or says why it does not.

#include "tests/integration/api_server.h"
#include "tests/integration/gatehouse_process.h"
#include "tests/integration/test_server.h"
#include "tests/support/case_name.h"
#include "tests/support/review_builder.h"
#include "tests/support/test_certs.h"

#include <gmock/gmock.h>

namespace gatehouse::testing_support {
namespace {

server::wall_time now() { return std::chrono::system_clock::now(); }

using testing::HasSubstr;

finished_command serve_with(arguments flags) {
    flags.insert(
        flags.begin(), {"serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"}
    );
    return run_gatehouse(flags);
}

TEST(Start, APortInUseIsExitStatus1) {
    const std::string taken = "127.0.0.1:" + std::to_string(shared_server().port());
    const finished_command done = run_gatehouse({"serve", "--listen", taken});
    EXPECT_EQ(done.code, 1);
    EXPECT_THAT(done.err, HasSubstr(taken));
}

TEST(Start, ABadFlagIsExitStatus2) {
    EXPECT_EQ(serve_with({"--no-such-flag"}).code, 2);
    EXPECT_EQ(serve_with({"--drain-delay", "soon"}).code, 2);
    EXPECT_EQ(serve_with({"--log-level", "loud"}).code, 2);
}

TEST(Start, ABadPolicyIsExitStatus2WithEveryError) {
    const temp_dir files;
    const std::string policy = files.write("bad.yaml", R"(apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata:
  name: bad
spec:
  images:
    denyTagz: [latest]
    requireDigest: maybe
  match: {namespaceSelector: {}}
)");
    const finished_command done = serve_with({"--policy", policy});
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr(policy + ":7:5: spec.images.denyTagz: "));
    EXPECT_THAT(done.err, HasSubstr(policy + ":8:20: spec.images.requireDigest: "));
    EXPECT_THAT(done.err, HasSubstr(policy + ":9:"));
    EXPECT_THAT(done.err, HasSubstr("not supported yet"));
}

TEST(Start, AnAbsentPolicyIsExitStatus2) {
    const temp_dir files;
    const finished_command done = serve_with({"--policy", files / "absent.yaml"});
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr("absent.yaml"));
}

TEST(Start, ACertificatePairThatIsAbsentOrDoesNotFitIsExitStatus2) {
    const temp_dir files;
    const test_pair ca = make_authority("test CA");
    const test_pair one = make_leaf(ca, now());
    const std::string certificate = files.write("one.crt", one.certificate);
    const std::string other_key = files.write("other.key", make_leaf(ca, now()).key);

    const finished_command absent =
        serve_with({"--tls-cert", files / "no.crt", "--tls-key", other_key});
    EXPECT_EQ(absent.code, 2);
    EXPECT_THAT(absent.err, HasSubstr("no.crt"));

    const finished_command unfit = serve_with({"--tls-cert", certificate, "--tls-key", other_key});
    EXPECT_EQ(unfit.code, 2);
    EXPECT_THAT(unfit.err, HasSubstr("other.key"));

    EXPECT_EQ(serve_with({"--tls-cert", certificate}).code, 2);
}

TEST(Start, TakesFlagsFromTheEnvironment) {
    const temp_dir files;
    const std::string open = files.write("open.yaml", open_policy);
    const std::string strict = files.write("strict.yaml", strict_policy);
    gatehouse_process server({}, {"GATEHOUSE_POLICY=" + open + ":" + strict});
    const nlohmann::json response = verdict_on(server.webhook_port(), review_of(bad_pod()));
    EXPECT_EQ(response.at("auditAnnotations").at("policies"), "open,strict");
}

TEST(Start, HelpAndVersionAreResults) {
    for (const arguments& command :
         {arguments{"--help"}, arguments{"--version"}, arguments{"serve", "--help"}}) {
        const finished_command done = run_gatehouse(command);
        EXPECT_EQ(done.code, 0);
        EXPECT_FALSE(done.out.empty());
        EXPECT_EQ(done.err, "");
    }
}

} // namespace
} // namespace gatehouse::testing_support
