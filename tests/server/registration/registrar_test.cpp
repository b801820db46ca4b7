#include "server/registration/registrar.h"

#include "tests/support/kube_fixture.h"

#include <gmock/gmock.h>

namespace gatehouse::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing_support::configuration_path;

class Registrar : public testing_support::kube_fixture {
  protected:
    Registrar() {
        api_.put(configuration_path, {{"kind", "ValidatingWebhookConfiguration"}});
        registrar_.want(rendered(), "PEM");
        look();
    }
    ~Registrar() override { end(); }

    void look() { registrar_.see(api_.at(configuration_path)); }
    [[nodiscard]] json webhooks() const {
        return api_.at(configuration_path).value("webhooks", json::array());
    }

    std::atomic<bool> leads_{true};
    log log_{pipe_[1], log_format::json, log_level::info, time_};
    registrar registrar_{client_, log_, [this] { return leads_.load(); }};
};

TEST_F(Registrar, AppliesAndLeavesItToTheWatchToSayWhatIsThere) {
    ASSERT_TRUE(registrar_.is_due());
    const std::string before = api_.at(configuration_path)["metadata"]["resourceVersion"];
    const auto done = run(registrar_.put_right());
    EXPECT_EQ(done.written_over, before);
    EXPECT_EQ(done.answer, api_.at(configuration_path));
    EXPECT_FALSE(done.was_outdated);
    EXPECT_FALSE(registrar_.is_right());
    registrar_.see(done.answer);
    EXPECT_TRUE(registrar_.is_right());
    EXPECT_EQ(registrar_.applies(true), 1U);
}

TEST_F(Registrar, WritesNothingOverWhatItHasNotSeen) {
    api_.edit(configuration_path, [](json& object) { object["labels"] = "new"; });
    const auto done = run(registrar_.put_right());
    EXPECT_TRUE(done.was_outdated);
    EXPECT_TRUE(done.answer.is_null());
    EXPECT_EQ(webhooks(), json::array());
    EXPECT_EQ(registrar_.applies(false), 0U);
    EXPECT_EQ(logged(), "");
}

TEST_F(Registrar, WritesNothingOnceItLeadsNoMore) {
    // The first write leaves a condition of somebody else's, the second would take it away.
    const auto done = run(registrar_.put_right());
    registrar_.see(done.answer);
    api_.edit(configuration_path, [](json& object) {
        object["webhooks"][0]["matchConditions"] = {{{"name", "none"}, {"expression", "false"}}};
    });
    look();
    const std::size_t before = api_.count("PATCH");
    api_.before_answer([this](const std::string& request) {
        if (request.starts_with("PATCH")) {
            leads_ = false;
        }
    });
    const auto stopped = run(registrar_.put_right());
    EXPECT_TRUE(stopped.answer.is_null());
    EXPECT_FALSE(stopped.was_outdated);
    EXPECT_EQ(api_.count("PATCH"), before + 1);
    EXPECT_TRUE(webhooks()[0].contains("matchConditions"));
    static_cast<void>(run(registrar_.put_right()));
    EXPECT_EQ(api_.count("PATCH"), before + 1);
    leads_ = true;
    api_.before_answer({});
    look();
    EXPECT_FALSE(run(registrar_.put_right()).answer.is_null());
    EXPECT_FALSE(webhooks()[0].contains("matchConditions"));
}

TEST_F(Registrar, TellsOnceThatTheApiServerDoesNotKeepWhatWasApplied) {
    api_.before_write([](const std::string&, json& object) {
        for (json& one : object["webhooks"]) {
            one["timeoutSeconds"] = 3;
        }
    });
    const std::string why = "validatingwebhookconfigurations gatehouse: the API server does not "
                            "keep what was applied";
    EXPECT_TRUE(run(registrar_.put_right()).answer.is_null());
    EXPECT_THAT(logged(), HasSubstr(R"("event":"registration_failed","error":")" + why));
    look();
    EXPECT_EQ(
        registrar_.text(), "validatingwebhookconfigurations gatehouse: could not be applied: " + why
    );
    EXPECT_TRUE(run(registrar_.put_right()).answer.is_null());
    EXPECT_EQ(logged(), "");
    EXPECT_EQ(registrar_.applies(false), 2U);
}

TEST_F(Registrar, AFailureOfBeforeIsForgottenOnceAllIsRight) {
    const json right = run(registrar_.put_right()).answer;
    api_.edit(configuration_path, [](json& object) { object.erase("webhooks"); });
    look();
    api_.forbid("PATCH");
    EXPECT_TRUE(run(registrar_.put_right()).answer.is_null());
    EXPECT_THAT(registrar_.text(), HasSubstr("could not be applied"));
    registrar_.see(right); // by somebody else
    EXPECT_EQ(registrar_.text(), "validatingwebhookconfigurations gatehouse: as it should be");
    registrar_.see(json::object());
    EXPECT_EQ(
        registrar_.text(), "validatingwebhookconfigurations gatehouse: to be applied by the leader"
    );
}

} // namespace
} // namespace gatehouse::server
