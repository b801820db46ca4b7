// Names that logs, metrics, audit annotations and answers carry: others rely on them letter by letter.
#include "policy/error.h"
#include "policy/evidence.h"
#include "policy/pod/visit.h"
#include "policy/rule.h"
#include "policy/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <vector>

namespace gatehouse::policy {
namespace {

using testing::ElementsAre;

template <class Enum>
std::vector<std::string_view> names_up_to(Enum last) {
    std::vector<std::string_view> out;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        out.push_back(name_of(static_cast<Enum>(i)));
    }
    return out;
}

TEST(Names, OfErrors) {
    EXPECT_THAT(
        names_up_to(errc::internal),
        ElementsAre(
            "malformed",
            "too_large",
            "not_found",
            "unauthorized",
            "unavailable",
            "timeout",
            "canceled",
            "internal"
        )
    );
}

TEST(Names, OfCausesOfFailures) {
    EXPECT_THAT(
        names_up_to(static_cast<failure_cause>(failure_cause_count - 1)),
        ElementsAre(
            "dns",
            "connect",
            "tls_handshake",
            "bad_certificate",
            "unauthorized",
            "forbidden",
            "not_found",
            "throttled",
            "server_error",
            "timeout",
            "malformed",
            "too_large",
            "forbidden_address",
            "too_many_lookups"
        )
    );
}

TEST(Names, OfReasonsAsKubernetesSpellsThem) {
    EXPECT_THAT(
        names_up_to(cause_reason::invalid),
        ElementsAre("FieldValueForbidden", "FieldValueRequired", "FieldValueInvalid")
    );
}

TEST(Names, OfActions) {
    EXPECT_THAT(names_up_to(action::audit), ElementsAre("Deny", "Warn", "Audit"));
}

TEST(Names, OfDecisions) {
    EXPECT_THAT(names_up_to(decision::unmatched), ElementsAre("allow", "deny", "unmatched"));
}

TEST(Names, OfPartsOfAPodAndTheirPlaces) {
    std::vector<std::string_view> nouns;
    std::vector<std::string> paths;
    for (int kind = 0; kind <= static_cast<int>(element_kind::volume); ++kind) {
        nouns.push_back(noun_of(static_cast<element_kind>(kind)));
        paths.push_back(path_of({static_cast<element_kind>(kind), 3, "x"}));
    }
    EXPECT_THAT(
        nouns, ElementsAre("pod", "init container", "container", "ephemeral container", "volume")
    );
    EXPECT_THAT(
        paths,
        ElementsAre(
            "", "initContainers[3]", "containers[3]", "ephemeralContainers[3]", "volumes[3]"
        )
    );
}

TEST(Names, OfRulesLeadBackToThem) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < rule_count; ++i) {
        const auto rule = static_cast<rule_id>(i);
        EXPECT_TRUE(seen.insert(id_of(rule)).second);
        EXPECT_EQ(rule_named(id_of(rule)), rule);
    }
    EXPECT_EQ(rule_named("runAsRoot"), std::nullopt);
    EXPECT_EQ(rule_named(""), std::nullopt);
}

} // namespace
} // namespace gatehouse::policy
