#include "server/resolver.h"

#include "tests/support/fake_clock.h"
#include "tests/support/name_server.h"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace gatehouse::server {
namespace {

using policy::fact;
using policy::failure_cause;
using policy::fetch_failure;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using testing_support::name_server;

using namespace std::chrono_literals;

using found = fact<resolver::addresses>;

/// As many times as `times`, all at once.
std::vector<found> ask(
    loop& over,
    resolver& of,
    const std::string& name,
    tick_time deadline,
    std::size_t times = 1
) {
    std::vector<found> out(times, fetch_failure{});
    for (std::size_t i = 0; i < times; ++i) {
        asio::co_spawn(
            over,
            of.resolve(name, deadline),
            [&out, i](const std::exception_ptr& fault, found answer) {
                EXPECT_EQ(fault, nullptr);
                out[i] = std::move(answer);
            }
        );
    }
    over.restart();
    over.run_for(10s);
    return out;
}

std::vector<std::string> addresses_of(const found& answer) {
    std::vector<std::string> out;
    if (const auto* all = std::get_if<resolver::addresses>(&answer)) {
        for (const auto& one : *all) {
            out.push_back(one.to_string());
        }
    }
    return out;
}

class Resolver : public testing::Test {
  protected:
    found ask(resolver& of, const std::string& name) {
        return server::ask(loop_, of, name, steady::now() + 5s).front();
    }

    loop loop_{1};
    machine_clock time_;
};

TEST_F(Resolver, GivesTheAddressesOfBothFamilies) {
    const name_server names({{"reg.example", {{"192.0.2.7", "2001:db8::7"}}}});
    resolver asks(loop_, time_, names.address());
    EXPECT_THAT(
        addresses_of(ask(asks, "reg.example")), UnorderedElementsAre("192.0.2.7", "2001:db8::7")
    );
}

/// A pod's resolv.conf has a search list and ndots:5: whoever may name a Service there must not be able to
/// stand in for a registry.
TEST_F(Resolver, AsksForNamesAsTheyAre) {
    setenv("LOCALDOMAIN", "team-a.svc.cluster.local svc.cluster.local", 1);
    setenv("RES_OPTIONS", "ndots:5", 1);
    const name_server names(
        {{"quay.io.team-a.svc.cluster.local", {{"10.0.0.66"}}}, {"quay.io", {{"192.0.2.7"}}}}
    );
    resolver asks(loop_, time_, names.address());
    EXPECT_THAT(addresses_of(ask(asks, "quay.io")), ElementsAre("192.0.2.7"));
    EXPECT_THAT(names.questions(), ElementsAre("quay.io A", "quay.io AAAA"));
    ask(asks, "registry");
    unsetenv("LOCALDOMAIN");
    unsetenv("RES_OPTIONS");
    EXPECT_THAT(
        names.questions(), ElementsAre("quay.io A", "quay.io AAAA", "registry A", "registry AAAA")
    );
}

TEST_F(Resolver, AsksOnceForAllWhoWaitForTheSameName) {
    const name_server names({{"reg.example", {{"192.0.2.7"}}}});
    resolver asks(loop_, time_, names.address());
    const auto answers = server::ask(loop_, asks, "reg.example", steady::now() + 5s, 50);
    for (const found& one : answers) {
        EXPECT_THAT(addresses_of(one), ElementsAre("192.0.2.7"));
    }
    EXPECT_THAT(names.questions(), ElementsAre("reg.example A", "reg.example AAAA"));
}

TEST_F(Resolver, GivesSixteenAddressesAtMost) {
    testing_support::zone_entry many;
    for (int i = 1; i <= 20; ++i) {
        many.addresses.push_back("192.0.2." + std::to_string(i));
    }
    const name_server names({{"reg.example", many}});
    resolver asks(loop_, time_, names.address());
    EXPECT_THAT(addresses_of(ask(asks, "reg.example")), SizeIs(16));
}

TEST_F(Resolver, TakesAnAddressForItsOwnAnswer) {
    const name_server names({});
    resolver asks(loop_, time_, names.address());
    EXPECT_THAT(addresses_of(ask(asks, "192.0.2.1")), ElementsAre("192.0.2.1"));
    EXPECT_THAT(addresses_of(ask(asks, "2001:db8::1")), ElementsAre("2001:db8::1"));
    EXPECT_THAT(names.questions(), IsEmpty());
}

TEST_F(Resolver, SaysThatANameDoesNotExist) {
    const name_server names({});
    resolver asks(loop_, time_, names.address());
    const auto failure = std::get<fetch_failure>(ask(asks, "reg.example"));
    EXPECT_EQ(failure.cause, failure_cause::dns);
    EXPECT_EQ(
        failure.detail, "the name reg.example does not exist; check how it is written, and DNS"
    );
}

TEST_F(Resolver, SaysThatTheNameServerFailed) {
    const name_server names({}, name_server::mood::fails);
    resolver asks(loop_, time_, names.address());
    const auto failure = std::get<fetch_failure>(ask(asks, "reg.example"));
    EXPECT_EQ(failure.cause, failure_cause::dns);
    EXPECT_EQ(
        policy::words_of(failure),
        "the name reg.example cannot be resolved: Could not contact DNS servers; check the "
        "name of the registry and the DNS"
    );
}

TEST_F(Resolver, DoesNotWaitForASilentNameServer) {
    const name_server names({}, name_server::mood::silent);
    resolver asks(loop_, time_, names.address());
    const auto answers = server::ask(loop_, asks, "reg.example", steady::now() + 50ms, 3);
    for (const found& one : answers) {
        const auto& failure = std::get<fetch_failure>(one);
        EXPECT_EQ(failure.cause, failure_cause::dns);
        EXPECT_EQ(
            failure.detail,
            "no name server answered for reg.example in time; check the cluster's DNS"
        );
    }
}

struct kept_answer {
    std::string name;
    std::map<std::string, testing_support::zone_entry> zone;
    std::chrono::seconds life;
};

class ResolverKeeps : public testing::TestWithParam<kept_answer> {};

TEST_P(ResolverKeeps, AnAnswerForItsTimeAndNoLonger) {
    loop over{1};
    testing_support::fake_clock time;
    const name_server names(GetParam().zone);
    resolver asks(over, time, names.address());
    const auto ask_again = [&] {
        server::ask(over, asks, "reg.example", time.ticks() + 1h);
        return names.questions().size();
    };
    EXPECT_EQ(ask_again(), 2U);
    time.advance(GetParam().life - 1s);
    EXPECT_EQ(ask_again(), 2U);
    time.advance(1s);
    EXPECT_EQ(ask_again(), 4U);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    ResolverKeeps,
    testing::Values(
        kept_answer{"ByItsOwnTime", {{"reg.example", {{"192.0.2.7"}, 30}}}, 30s},
        kept_answer{"NoShorterThanFiveSeconds", {{"reg.example", {{"192.0.2.7"}, 0}}}, 5s},
        kept_answer{"NoLongerThanAMinute", {{"reg.example", {{"192.0.2.7"}, 86400}}}, 60s},
        kept_answer{"AFailureForTwoSeconds", {}, 2s}
    ),
    [](const auto& one) { return one.param.name; }
);

} // namespace
} // namespace gatehouse::server
