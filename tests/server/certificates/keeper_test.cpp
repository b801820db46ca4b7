#include "server/certificates/keeper.h"

#include "server/base64_text.h"
#include "tests/support/kube_fixture.h"

#include <gmock/gmock.h>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing_support::secret_path;

const std::string place = "secrets gatehouse-system/gatehouse-certificates";

class Keeper : public testing_support::kube_fixture {
  protected:
    Keeper() {
        api_.put(secret_path, {{"kind", "Secret"}});
        look();
    }
    ~Keeper() override { end(); }

    bool look() { return keeper_.see(api_.at(secret_path)); }
    certificate_keeper::tended tend() { return run(keeper_.tend(1h)); }
    void set_field(const char* name, const std::string& text) {
        api_.edit(secret_path, [&](json& secret) { secret["data"][name] = base64_text(text); });
    }
    [[nodiscard]] json data() const { return api_.at(secret_path).value("data", json::object()); }

    log log_{pipe_[1], log_format::json, log_level::info, time_};
    certificate_keeper keeper_{
        client_,
        time_,
        log_,
        {kube_resource::secrets, "gatehouse-system", "gatehouse-certificates"},
        {.names = {"gatehouse.system.svc"}}};
};

TEST_F(Keeper, FillsAnEmptySecret) {
    EXPECT_EQ(keeper_.trouble(), place + ": empty; the leader fills it");
    EXPECT_EQ(keeper_.in_force(), nullptr);
    const std::string before = api_.at(secret_path)["metadata"]["resourceVersion"];
    const auto done = tend();
    EXPECT_EQ(done.written_over, before);
    EXPECT_EQ(done.written, api_.at(secret_path));
    EXPECT_FALSE(done.has_failed);
    // It is in force once it was seen.
    EXPECT_EQ(keeper_.in_force(), nullptr);
    EXPECT_TRUE(keeper_.see(done.written));
    EXPECT_EQ(keeper_.trouble(), "");
    EXPECT_EQ(keeper_.steps(rotation_action::fill), 1U);
    EXPECT_TRUE(tend().written.is_null());
}

TEST_F(Keeper, WritesNothingOverWhatItHasNotSeen) {
    api_.edit(secret_path, [](json& secret) { secret["metadata"]["labels"] = {{"a", "b"}}; });
    const auto done = tend();
    EXPECT_TRUE(done.was_outdated);
    EXPECT_FALSE(done.has_failed);
    EXPECT_TRUE(done.written.is_null());
    EXPECT_EQ(data(), json::object());
}

TEST_F(Keeper, NeverOverwritesWhatMakesNoSense) {
    set_field("tls.crt", "x");
    EXPECT_FALSE(look());
    EXPECT_TRUE(keeper_.is_refused());
    EXPECT_EQ(
        keeper_.trouble(),
        place
            + ": tls.crt: no certificate in PEM found; never overwritten: empty the Secret to have "
              "new ones made"
    );
    EXPECT_TRUE(tend().written.is_null());
    api_.edit(secret_path, [](json& secret) { secret["data"] = {{"tls.crt", "*"}}; });
    EXPECT_FALSE(look());
    EXPECT_TRUE(keeper_.is_refused());
    EXPECT_THAT(keeper_.trouble(), HasSubstr(": tls.crt: is not base64; never overwritten: "));
    EXPECT_TRUE(tend().written.is_null());
    api_.edit(secret_path, [](json& secret) { secret.erase("data"); });
    EXPECT_FALSE(look());
    EXPECT_FALSE(keeper_.is_refused());
    EXPECT_FALSE(tend().written.is_null());
}

TEST_F(Keeper, ServesOnWhatIsInForceAndWritesItBackIntoAnEmptiedSecret) {
    static_cast<void>(tend());
    EXPECT_TRUE(look());
    const json good = data();
    set_field("ca.key", "x");
    EXPECT_FALSE(look());
    EXPECT_EQ(
        keeper_.trouble(),
        place
            + ": ca.key: no private key in PEM found; never overwritten: empty the Secret to have "
              "what is in force written back"
    );
    ASSERT_NE(keeper_.in_force(), nullptr);
    EXPECT_THAT(logged(), HasSubstr(R"("kept":"the last good one")"));
    api_.edit(secret_path, [](json& secret) { secret.erase("data"); });
    EXPECT_FALSE(look());
    static_cast<void>(tend());
    EXPECT_EQ(data(), good);
    EXPECT_EQ(keeper_.steps(rotation_action::restore), 1U);
}

TEST_F(Keeper, WritesNothingBackThatIsNotValid) {
    // By a clock that was ten years ahead.
    time_.advance(87600h);
    static_cast<void>(tend());
    EXPECT_TRUE(look());
    const json early = data();
    time_.advance(-87600h);
    api_.edit(secret_path, [](json& secret) { secret.erase("data"); });
    EXPECT_FALSE(look());
    static_cast<void>(tend());
    EXPECT_EQ(keeper_.steps(rotation_action::restore), 0U);
    EXPECT_EQ(keeper_.steps(rotation_action::fill), 2U);
    EXPECT_NE(data(), early);
}

TEST_F(Keeper, TellsWhyItCannotWriteUntilThereIsNothingToWrite) {
    api_.forbid("PUT");
    EXPECT_TRUE(tend().has_failed);
    const std::string why = "update of " + place + ": the API server answered 403: " + secret_path
                            + " is forbidden: the role lacks it";
    EXPECT_EQ(keeper_.trouble(), place + ": empty; the leader fills it; " + why);
    EXPECT_TRUE(tend().has_failed);
    const std::string told = logged();
    EXPECT_EQ(told.find("certificate_not_written"), told.rfind("certificate_not_written"));
    // Somebody else does it.
    api_.permit_all();
    const auto made =
        after_step(rotation_action::fill, {}, {.names = {"gatehouse.system.svc"}}, time_.now());
    api_.put(secret_path, with_contents(json::object(), made.value()));
    EXPECT_TRUE(look());
    EXPECT_TRUE(tend().written.is_null());
    EXPECT_EQ(keeper_.trouble(), "");
}

} // namespace
} // namespace gatehouse::server
