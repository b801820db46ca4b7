#include "server/packed_facts.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <tuple>

namespace gatehouse::server {
namespace {

using policy::signature_candidate;
using policy::verified_signature;

const policy::digest image = policy::digest::of("the image");

auto fields_of(const signature_candidate& one) {
    return std::tie(one.store, one.format, one.content, one.signature, one.where, one.problem);
}

std::vector<signature_candidate> some_candidates() {
    const std::string binary("\0\xff\x80 and text", 11);
    return {
        {policy::signature_store::signature_tag,
         policy::signature_format::simple_signing,
         "{}",
         "c2ln",
         "sha256-aa.sig layer 1",
         ""},
        {policy::signature_store::directory, policy::signature_format::bundle, binary, "", "", ""},
        {policy::signature_store::referrers,
         policy::signature_format::bundle,
         std::string(20'000, 'x'),
         "",
         "referrer sha256:bb",
         "is listed but not there"},
    };
}

facts_by_key some_facts() {
    verified_signature plain{
        .subject = image,
        .key = "key a",
        .hash = policy::hash_algorithm::sm3,
        .type = policy::statement_type::message_signature,
        .store = policy::signature_store::directory,
        .identity = {},
        .annotations = {},
        .where = "file x.json"};
    verified_signature annotated = plain;
    annotated.hash = policy::hash_algorithm::sha256;
    annotated.type = policy::statement_type::simple_signing;
    annotated.store = policy::signature_store::signature_tag;
    annotated.identity = "reg.example/team/app";
    annotated.annotations = {{"", ""}, {"env", "prod"}, {"text", std::string(300, 't')}};
    facts_by_key all;
    all["key a"] = {std::vector{plain, annotated}, {}};
    all["key b"] = {{}, std::vector<std::string>{"layer 1: it is empty", ""}};
    return all;
}

TEST(PackedFacts, GivesCandidatesBackAsTheyWere) {
    const auto all = some_candidates();
    const auto got = unpacked_candidates(packed(all));
    ASSERT_EQ(got.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(fields_of(got[i]), fields_of(all[i])) << i;
    }
    EXPECT_TRUE(unpacked_candidates(packed(std::vector<signature_candidate>())).empty());
}

TEST(PackedFacts, GivesFactsBackAsTheyWere) {
    EXPECT_EQ(unpacked_facts(packed(some_facts()), image), some_facts());
    EXPECT_EQ(unpacked_facts(packed(facts_by_key()), image), facts_by_key());
}

TEST(PackedFacts, DiffersWhereAnythingDoes) {
    const std::string before = packed(some_candidates());
    for (std::size_t number = 0; number < 3; ++number) {
        auto all = some_candidates();
        all[number].signature += "x";
        EXPECT_NE(packed(all), before) << number;
    }
    auto moved = some_candidates();
    moved[0].where += moved[0].content.substr(0, 1);
    moved[0].content.erase(0, 1);
    EXPECT_NE(packed(moved), before);
}

TEST(PackedFacts, ReadsNothingBehindTheEnd) {
    const std::string whole = packed(some_facts());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_THROW((void)unpacked_facts(whole.substr(0, size), image), std::out_of_range) << size;
    }
}

} // namespace
} // namespace gatehouse::server
