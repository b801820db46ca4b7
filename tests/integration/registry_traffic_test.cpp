// How a registry sees the real binary: by which kind of address, how many requests at once.

#include "tests/integration/image_judge.h"
#include "tests/support/oci_registry.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

const std::string repository = "team/cosign2-p256";

bool has_ipv6() {
    return text_of("/proc/net/if_inet6").find("00000000000000000000000000000001") == 0
           || text_of("/proc/net/if_inet6").find("\n00000000000000000000000000000001")
                  != std::string::npos;
}

TEST(RegistryTraffic, GoesToAnIpv6Address) {
    if (!has_ipv6()) {
        GTEST_SKIP() << "this machine has no ::1";
    }
    oci_registry registry({.address = "::1"});
    registry.add_fixture(repository);
    image_judge judge(
        signed_policy({{.images = registry.host() + "/**", .tags = "Allow"}}),
        configuration_of({plain_registry(registry.host())})
    );
    EXPECT_EQ(judge.denial(registry.host() + "/" + repository + ":1.0"), "");
    ASSERT_FALSE(registry.server().requests().empty());
    EXPECT_THAT(
        registry.server().requests(),
        testing::Each(testing::HasSubstr("\r\nHost: " + registry.host() + "\r\n"))
    );
}

/// Lets nobody through before so many wait.
class turnstile {
  public:
    explicit turnstile(int opens_at) : opens_at_(opens_at) {}

    void pass() {
        std::unique_lock hold(lock_);
        most_ = std::max(most_, ++inside_);
        changed_.notify_all();
        changed_.wait_for(hold, seconds(10), [&] { return most_ >= opens_at_; });
    }
    void leave() {
        const std::lock_guard hold(lock_);
        --inside_;
    }
    [[nodiscard]] int most() {
        const std::lock_guard hold(lock_);
        return most_;
    }

  private:
    const int opens_at_;
    std::mutex lock_;
    std::condition_variable changed_;
    int inside_ = 0;
    int most_ = 0;
};

TEST(RegistryTraffic, IsThirtyTwoRequestsAtOnceAtMost) {
    turnstile gate(32);
    std::unique_ptr<oci_registry> registry;
    registry = std::make_unique<oci_registry>(
        oci_registry::options{},
        [&](const registry_request& asked, scripted_server::peer& with) -> std::optional<bool> {
            gate.pass();
            const std::string answer = registry->answer(asked);
            gate.leave();
            return with.write(answer);
        }
    );
    registry->add_fixture(repository);
    std::vector<std::string> images;
    for (int number = 0; number < 80; ++number) {
        const std::string name = fmt::format("t{}", number);
        registry->tag(repository, name, fixture_image(repository).text());
        images.push_back(fmt::format("{}/{}:{}", registry->host(), repository, name));
    }
    image_judge judge(
        signed_policy({{.images = registry->host() + "/**", .tags = "Allow"}}),
        configuration_of({plain_registry(registry->host())})
    );
    EXPECT_EQ(judge.judge_all(images, "30s").at("allowed"), true);
    EXPECT_EQ(gate.most(), 32);
    EXPECT_LE(registry->server().connections(), 32U);
}

} // namespace
} // namespace gatehouse::testing_support
