// A registry that asks who is there (docker-registry with htpasswd): credentials from docker-config files,
// in the kubelet's order, read again when they change, and never told to anybody.

#include "tests/integration/docker_registry.h"
#include "tests/integration/image_judge.h"
#include "tests/support/eventually.h"
#include "tests/support/mounted_files.h"

#include <crypt.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string user = "ci";
const std::string password = "hush:hush"; // a password may have colons
const std::string basic = "Y2k6aHVzaDpodXNo";

/// A line of Apache's htpasswd, hashed by bcrypt at its lowest cost.
std::string htpasswd_line() {
    return user + ":" + crypt(password.c_str(), "$2b$04$abcdefghijklmnopqrstuu") + "\n";
}

json entry(const std::string& name, const std::string& word) {
    return {{"username", name}, {"password", word}};
}

std::string docker_config(const json& entries) { return json{{"auths", entries}}.dump(); }

class RegistryCredentials : public testing::Test {
  protected:
    /// One whose registry's own files are these.
    image_judge judge_with(const std::string& file) const {
        const std::string entry =
            file.empty() ? plain_registry(registry_.host())
                         : fmt::format(
                             "{{host: \"{}\", plainHTTP: true, dockerConfigFiles: [{}]}}",
                             registry_.host(),
                             file
                         );
        return image_judge(
            signed_policy({{.images = registry_.host() + "/**"}}), configuration_of({entry})
        );
    }
    [[nodiscard]] std::string image() const {
        return by_digest(registry_.host(), "team/cosign2-p256");
    }
    [[nodiscard]] std::string refusal(const std::string& end) const {
        return complaint(
            image(),
            fmt::format(
                "could not be verified: {} answered 401 for the signatures in "
                "team/cosign2-p256; {}",
                registry_.host(),
                end
            )
        );
    }
    /// The users that the registry refused, in the order in which it first did: several requests run at once.
    [[nodiscard]] std::vector<std::string> refused_users() const {
        constexpr std::string_view before = "error authenticating user \\\"";
        const std::string log = registry_.log();
        std::vector<std::string> out;
        for (std::size_t at = log.find(before); at != std::string::npos;
             at = log.find(before, at)) {
            at += before.size();
            const std::string name = log.substr(at, log.find('\\', at) - at);
            if (std::ranges::count(out, name) == 0) {
                out.push_back(name);
            }
        }
        return out;
    }

    temp_dir files_;
    registry_storage storage_{{"team/cosign2-p256"}};
    docker_registry registry_{
        storage_.path(),
        {.identity = {},
         .auth = "{htpasswd: {realm: tests, path: " + files_.write("htpasswd", htpasswd_line())
                 + "}}"}};
};

TEST_F(RegistryCredentials, OfItsDockerConfigFileAreUsed) {
    const std::string file =
        files_.write("config.json", docker_config({{registry_.host(), {{"auth", basic}}}}));
    image_judge judge = judge_with(file);
    EXPECT_EQ(judge.denial(image()), "");
    EXPECT_THAT(refused_users(), IsEmpty());
    judge.expect_untold({password, basic});
}

TEST_F(RegistryCredentials, ThatAreMissingAreAskedFor) {
    image_judge judge = judge_with("");
    EXPECT_EQ(
        judge.denial(image()),
        refusal(
            "no docker config file has credentials for it; add some for " + registry_.host()
            + " to dockerConfigFiles"
        )
    );
}

TEST_F(RegistryCredentials, ThatAreWrongAreToldByTheNameOfTheirFileOnly) {
    const std::string file =
        files_.write("config.json", docker_config({{registry_.host(), entry(user, "wrong-hush")}}));
    image_judge judge = judge_with(file);
    EXPECT_EQ(
        judge.denial(image()),
        refusal("tried the credentials of " + file + "; check that they may pull team/cosign2-p256")
    );
    EXPECT_THAT(refused_users(), ElementsAre(user));
    judge.expect_untold({"wrong-hush", "Y2k6d3JvbmctaHVzaA=="});
}

TEST_F(RegistryCredentials, ThatMatchAreTriedInTheKubeletsOrder) {
    const std::string any_host = registry_.host("127.0.0.*");
    const std::string file = files_.write(
        "config.json",
        docker_config({
            {any_host, entry(user, password)},
            {registry_.host() + "/team", entry("second", "wrong-hush")},
            {"http://" + registry_.host() + "/v2/team/cosign2", entry("first", "wrong-hush")},
            {registry_.host() + "/other", entry("never", "wrong-hush")},
            {registry_.host("127.0.0.2"), entry("never", "wrong-hush")},
            {"127.0.0.1", entry("never", "wrong-hush")},
        })
    );
    image_judge judge = judge_with(file);
    EXPECT_EQ(judge.denial(image()), "");
    EXPECT_THAT(refused_users(), ElementsAre("first", "second"));
    judge.expect_untold({password, "wrong-hush"});
}

TEST_F(RegistryCredentials, AreReadAgainWhenTheSecretIsRotated) {
    mounted_files secret(files_.path() / "pull");
    secret.swap(
        {{".dockerconfigjson", docker_config({{registry_.host(), entry(user, "old-hush")}})}}
    );
    image_judge judge = judge_with(secret / ".dockerconfigjson");
    EXPECT_FALSE(judge.allows(image()));
    secret.swap({{".dockerconfigjson", docker_config({{registry_.host(), entry(user, password)}})}}
    );
    EXPECT_TRUE(eventually(seconds(5), [&] { return judge.allows(image()); }));
    judge.expect_untold({password, "old-hush"});
}

TEST_F(RegistryCredentials, ThatCannotBeReadAnyMoreLeaveTheOldOnesInForce) {
    const std::string file =
        files_.write("config.json", docker_config({{registry_.host(), entry(user, password)}}));
    image_judge judge = judge_with(file);
    static_cast<void>(files_.replace("config.json", "{\"auths\": {\"hush-key"));
    ASSERT_TRUE(eventually(seconds(5), [&] {
        return judge.metric(R"(gatehouse_policy_loads_total{result="error"})") > 0;
    }));
    EXPECT_EQ(judge.denial(image()), "");
    judge.expect_untold({password, "hush-key"});
}

} // namespace
} // namespace gatehouse::testing_support
