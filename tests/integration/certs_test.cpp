// `gatehouse certs`: certificates by hand, offline and against an API server.

#include "tests/integration/ask.h"
#include "tests/integration/own_replica.h"
#include "tests/integration/tls_connection.h"
#include "tests/support/eventually.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <regex>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr seconds limit{30};
const std::string secret_name = "gatehouse-system/gatehouse-certificates";

/// Dates and what has them in its name.
std::string undated(const std::string& text) {
    return std::regex_replace(text, std::regex("[0-9-]{10}T[0-9:]{8}Z"), "DATE");
}

finished_command make(const std::string& out) {
    return run_gatehouse(
        {"certs", "make", "--service", "gatehouse", "--namespace", "gatehouse-system", "--out", out}
    );
}

TEST(Certs, MakesAPairThatCanBeServed) {
    const temp_dir files;
    const finished_command made = make(files / "certs");
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_EQ(made.out, "");
    EXPECT_EQ(
        made.err,
        "ca.crt, ca.key, tls.crt and tls.key for gatehouse.gatehouse-system.svc are in "
            + files / "certs" + "\n"
    );
    for (const char* key : {"certs/tls.key", "certs/ca.key"}) {
        struct stat found {};
        ASSERT_EQ(stat((files / key).c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 0777U, 0600U) << key;
    }
    const gatehouse_process server(
        {"--tls-cert", files / "certs/tls.crt", "--tls-key", files / "certs/tls.key"}
    );
    EXPECT_EQ(
        tls_connection(server.webhook_port()).peer_certificate(), text_of(files / "certs/tls.crt")
    );
}

TEST(Certs, NeverOverwritesAFile) {
    const temp_dir files;
    const std::string kept = files.write("certs/ca.key", "precious");
    const finished_command made = make(files / "certs");
    EXPECT_EQ(made.code, 1);
    EXPECT_EQ(
        made.err,
        "gatehouse certs make: " + kept + ": is there already, and nothing is overwritten\n"
    );
    EXPECT_EQ(text_of(kept), "precious");
    EXPECT_FALSE(std::filesystem::exists(files / "certs/tls.crt"));
}

TEST(Certs, NeedADirectoryThatCanBeMade) {
    const finished_command made = make("/dev/null/certs");
    EXPECT_EQ(made.code, 1);
    EXPECT_EQ(made.err, "gatehouse certs make: /dev/null/certs: Not a directory\n");
}

TEST(Certs, AreMadeForAsLongAsTheServerMakesThem) {
    const temp_dir files;
    for (const arguments& lives : std::vector<arguments>{
             {"--ca-lifetime", "262801h"},
             {"--ca-lifetime", "8000000h"},
             {"--ca-lifetime", "1h"},
             {"--certificate-lifetime", "9s"},
             {"--certificate-lifetime", "x"}}) {
        arguments command{
            "certs", "make", "--service", "a", "--namespace", "b", "--out", files / "certs"};
        command.insert(command.end(), lives.begin(), lives.end());
        const finished_command made = run_gatehouse(command);
        EXPECT_EQ(made.code, 2);
        EXPECT_EQ(
            made.err,
            "gatehouse certs make: --ca-lifetime and --certificate-lifetime: durations between 10s "
            "and 262800h are needed, of which the first is not shorter\n"
        );
    }
    EXPECT_FALSE(std::filesystem::exists(files / "certs"));
}

finished_command status_of(const test_pair& authority, const test_pair& leaf) {
    const temp_dir files;
    static_cast<void>(files.write("ca.crt", authority.certificate));
    static_cast<void>(files.write("ca.key", authority.key));
    static_cast<void>(files.write("tls.crt", leaf.certificate));
    static_cast<void>(files.write("tls.key", leaf.key));
    return run_gatehouse({"certs", "status", "--dir", files / "."});
}

TEST(Certs, ThatHaveEndedFailTheStatus) {
    const test_pair authority = make_authority("a");
    const auto now = std::chrono::system_clock::now();
    const finished_command status =
        status_of(authority, make_leaf(authority, now, {.valid_for = std::chrono::hours(-1)}));
    EXPECT_EQ(status.code, 1);
    EXPECT_THAT(status.out, HasSubstr("\n  ended: from "));
    EXPECT_EQ(status.err, "");
}

TEST(Certs, ThatAreNotValidYetFailTheStatus) {
    const test_pair authority = make_authority("a");
    const auto later = std::chrono::system_clock::now() + std::chrono::hours(2000);
    const finished_command status = status_of(authority, make_leaf(authority, later));
    EXPECT_EQ(status.code, 1);
    EXPECT_THAT(status.out, HasSubstr("\n  not valid yet: from "));
    EXPECT_EQ(status.err, "");
}

TEST(Certs, OfAnAuthorityThatHasEndedFailTheStatus) {
    const test_pair authority = make_authority("a", std::chrono::hours(-1));
    const finished_command status =
        status_of(authority, make_leaf(authority, std::chrono::system_clock::now()));
    EXPECT_EQ(status.code, 1);
    EXPECT_THAT(status.out, HasSubstr("\n  due: from "));
    EXPECT_THAT(status.out, HasSubstr("\n  ended: from "));
    EXPECT_EQ(status.err, "");
}

TEST(Certs, StatusSaysWhatADirectoryLacks) {
    const temp_dir files;
    for (const char* name : {"ca.crt", "ca.key", "tls.crt"}) {
        static_cast<void>(files.write(name, ""));
    }
    const finished_command partial = run_gatehouse({"certs", "status", "--dir", files / "."});
    EXPECT_EQ(partial.code, 1);
    EXPECT_EQ(
        partial.err,
        "gatehouse certs status: " + files / "./tls.key" + ": No such file or directory\n"
    );
    static_cast<void>(files.write("tls.key", ""));
    const finished_command empty = run_gatehouse({"certs", "status", "--dir", files / "."});
    EXPECT_EQ(empty.code, 1);
    EXPECT_EQ(empty.err, "gatehouse certs status: the files are empty\n");
}

TEST(Certs, TellTheirStatus) {
    const temp_dir files;
    ASSERT_EQ(make(files / "certs").code, 0);
    const finished_command text = run_gatehouse({"certs", "status", "--dir", files / "certs"});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_EQ(
        undated(text.out),
        "phase steady\n"
        "certificate gatehouse.gatehouse-system.svc\n"
        "  valid: from DATE until DATE, renewed from DATE\n"
        "  names: gatehouse.gatehouse-system.svc, gatehouse.gatehouse-system.svc.cluster.local\n"
        "authority Gatehouse CA DATE, by which the certificate is\n"
        "  valid: from DATE until DATE, renewed from DATE\n"
    );
    const finished_command as_json =
        run_gatehouse({"certs", "status", "--dir", files / "certs", "-o", "json"});
    const json found = json::parse(as_json.out);
    EXPECT_EQ(found.at("phase"), "steady");
    EXPECT_EQ(found.at("certificate").at("state"), "valid");
    EXPECT_EQ(found.at("certificate").at("names").size(), 2U);
    EXPECT_EQ(found.at("authorities").at(0).at("isIssuer"), true);
    static_cast<void>(files.replace("certs/tls.key", text_of(files / "certs/ca.key")));
    const finished_command broken = run_gatehouse({"certs", "status", "--dir", files / "certs"});
    EXPECT_EQ(broken.code, 1);
    EXPECT_EQ(
        broken.err,
        "gatehouse certs status: tls.key: the private key does not match the certificate tls.crt\n"
    );
}

class CertsInACluster : public testing::Test {
  protected:
    CertsInACluster() { install_chart_with_secret(api_); }

    [[nodiscard]] finished_command run(arguments command) const {
        command.insert(command.begin(), "certs");
        return run_gatehouse(command, api_.environment(), seconds(60));
    }
    /// Gives up after that time.
    [[nodiscard]] finished_command renew_in_4s() const {
        return run(
            {"rotate",
             "--secret",
             secret_name,
             "--webhook-configuration-name",
             "gatehouse",
             "--only",
             "certificate",
             "--wait",
             "--timeout",
             "4s"}
        );
    }
    [[nodiscard]] std::string leaf() const {
        return api_.at(secret_path).value("data", json::object()).value("tls.crt", "");
    }

    fake_kube_api api_;
};

TEST_F(CertsInACluster, RotateAndTellThePhasesAsTheyCome) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] {
        return get_ops(replica.ops_port(), "/readyz").status == 200;
    }));
    const std::string before = leaf();
    const finished_command done = run(
        {"rotate", "--secret", secret_name, "--webhook-configuration-name", "gatehouse", "--wait"}
    );
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(
        undated(done.out),
        "DATE asked the leader to renew the ca\nDATE phase published\nDATE phase switched\n"
        "DATE phase steady\nDATE done\n"
    );
    EXPECT_NE(leaf(), before);
    const finished_command status = run({"status", "--secret", secret_name});
    EXPECT_EQ(status.code, 0) << status.err;
    EXPECT_THAT(status.out, HasSubstr("phase steady since "));
}

TEST_F(CertsInACluster, RenewTheCertificateAlone) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] {
        return get_ops(replica.ops_port(), "/readyz").status == 200;
    }));
    const json authority = api_.at(secret_path).at("data").at("ca.crt");
    const std::string before = leaf();
    const finished_command done =
        run({"rotate", "--secret", secret_name, "--only", "certificate", "--wait"});
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(undated(done.out), "DATE asked the leader to renew the certificate\nDATE done\n");
    EXPECT_NE(leaf(), before);
    EXPECT_EQ(api_.at(secret_path).at("data").at("ca.crt"), authority);
}

TEST_F(CertsInACluster, FailWhereNobodyLeads) {
    {
        const own_replica replica(api_, "gatehouse-a");
        ASSERT_TRUE(eventually(limit, [&] {
            return get_ops(replica.ops_port(), "/readyz").status == 200;
        }));
    }
    const finished_command late =
        run({"rotate", "--secret", secret_name, "--wait", "--timeout", "1s"});
    EXPECT_EQ(late.code, 1);
    EXPECT_EQ(late.err, "gatehouse certs rotate: not done in time: phase steady\n");
}

TEST_F(CertsInACluster, SayWhyTheyCannotSeeWhatIsPublished) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] {
        return get_ops(replica.ops_port(), "/readyz").status == 200;
    }));
    api_.forbid("GET " + configuration_path);
    const finished_command late = renew_in_4s();
    EXPECT_EQ(late.code, 1);
    EXPECT_EQ(undated(late.out), "DATE asked the leader to renew the certificate\n");
    EXPECT_EQ(
        late.err,
        "gatehouse certs rotate: not done in time: phase steady; get of "
        "validatingwebhookconfigurations gatehouse: the API server answered 403: "
            + configuration_path + " is forbidden: the role lacks it\n"
    );
}

TEST_F(CertsInACluster, WaitUntilTheCaIsPublished) {
    const own_replica replica(api_, "gatehouse-a");
    ASSERT_TRUE(eventually(limit, [&] {
        return get_ops(replica.ops_port(), "/readyz").status == 200;
    }));
    api_.forbid("PATCH " + configuration_path);
    api_.edit(configuration_path, [](json& object) { object["webhooks"] = json::array(); });
    const finished_command late = renew_in_4s();
    EXPECT_EQ(late.code, 1);
    EXPECT_EQ(
        late.err,
        "gatehouse certs rotate: not done in time: phase steady; its CA is not yet the caBundle of "
        "the registration\n"
    );
}

TEST_F(CertsInACluster, SayWhatIsWrong) {
    const finished_command empty = run({"status", "--secret", secret_name});
    EXPECT_EQ(empty.code, 1);
    EXPECT_EQ(empty.err, "gatehouse certs status: the Secret is empty; the leader fills it\n");
    const finished_command absent = run({"rotate", "--secret", "gatehouse-system/other"});
    EXPECT_EQ(absent.code, 1);
    EXPECT_EQ(
        absent.err,
        "gatehouse certs rotate: get of secrets gatehouse-system/other: the API server answered "
        "404: "
        "/api/v1/namespaces/gatehouse-system/secrets/other not found\n"
    );
    EXPECT_EQ(run({"rotate", "--secret", "nonsense"}).code, 2);
    const finished_command neither = run({"status"});
    EXPECT_EQ(neither.code, 2);
    EXPECT_EQ(neither.err, "gatehouse certs status: one of --secret and --dir is needed\n");
    const finished_command misnamed = run({"status", "--secret", "nonsense"});
    EXPECT_EQ(misnamed.code, 2);
    EXPECT_EQ(
        misnamed.err,
        "gatehouse certs status: --secret: \"nonsense\" is not NAMESPACE/NAME, such as "
        "gatehouse-system/gatehouse\n"
    );
    const finished_command nowhere = run_gatehouse({"certs", "status", "--secret", secret_name});
    EXPECT_EQ(nowhere.code, 2);
    EXPECT_EQ(
        nowhere.err,
        "gatehouse certs status: this is no pod: KUBERNETES_SERVICE_HOST and "
        "KUBERNETES_SERVICE_PORT are not set; GATEHOUSE_KUBE_API names the API server elsewhere\n"
    );
    EXPECT_EQ(run({"make", "--service", "a"}).code, 2);
}

} // namespace
} // namespace gatehouse::testing_support
