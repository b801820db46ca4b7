// What a real kubelet and container runtime did (tests/cluster/image_user/cases.json), case by case. Left
// out are images whose layers have to be put together first, which is the affair of server/image.
#include "policy/pod/decode.h"
#include "policy/user/identity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <string>

namespace gatehouse::policy {
namespace {

using nlohmann::json;

/// The two files where they lie in the only layer as such; nothing where more is needed to find them.
std::optional<account_files> files_of(const json& layers) {
    account_files out;
    if (layers.size() != 1) {
        return std::nullopt;
    }
    for (const json& entry : layers[0]) {
        const std::string path = entry[0];
        if ((path != "etc/passwd" && path != "etc/group") || entry[1].is_object()) {
            return std::nullopt;
        }
        std::string text;
        if (entry[1].is_string()) {
            text = entry[1];
        } else {
            for (const json& line : entry[1]) {
                if (line.is_string()) {
                    text += line.get<std::string>() + "\n";
                } else {
                    text += fmt::format(
                                fmt::runtime(line["line"].get<std::string>()),
                                std::string(line["pad"].get<std::size_t>(), 'x')
                            )
                            + "\n";
                }
            }
        }
        auto& file = path == "etc/passwd" ? out.passwd : out.group;
        if (file) {
            return std::nullopt; // twice in the layer
        }
        file = std::move(text);
    }
    return out;
}

const pod& pod_of(const json& one, arena& memory) {
    const json spec = {
        {"securityContext", one.value("pod", json::object())},
        {"containers",
         {{{"name", "app"},
           {"image", "a"},
           {"securityContext", one.value("container", json::object())}}}}};
    simdjson::dom::parser parser;
    const decoded_pod out = decode_pod(
        parser.parse(simdjson::padded_string(json{{"spec", spec}}.dump())), "object", memory
    );
    EXPECT_NE(out.value, nullptr) << out.error.problem;
    return *out.value;
}

known_accounts known_of(const account_files& files) {
    auto read = read_accounts(files);
    if (!read) {
        return fetch_failure{failure_cause::malformed, read.error().detail(), false};
    }
    return std::make_shared<const accounts>(std::move(read).value());
}

std::string shown(const identity& one) {
    if (one.refusal) {
        return one.refusal->reason + ": " + one.refusal->message;
    }
    if (one.user.failure != nullptr || one.group.failure != nullptr
        || one.groups_failure != nullptr) {
        return "not known";
    }
    std::vector<std::int64_t> groups;
    for (const supplementary_group& group : one.groups) {
        groups.push_back(group.id);
    }
    return fmt::format(
        "uid {} gid {} groups {}", one.user.id.value(), one.group.id.value(), fmt::join(groups, " ")
    );
}

/// What has to be told of an expected refusal, and what of it.
bool is_refused_so(const identity& got, const json& expected) {
    const std::string message = expected["message"];
    if (got.refusal) {
        // The way to the file, and which of two texts runc has for an id that cannot be.
        return got.refusal->reason == expected["refused"]
               && (message.find(got.refusal->message) != std::string::npos
                   || (message.find("unable to setup user") != std::string::npos
                       && got.refusal->reason == "StartError"));
    }
    // Whether a node's runtime knows Strict is not the pod's affair.
    return expected["refused"] == "SupplementalGroupsPolicyNotSupported"
           || message.find("token too long") != std::string::npos; // malformed, see below
}

TEST(Observed, IdentitiesAreThoseOfARealNode) {
    std::ifstream in(GATEHOUSE_TEST_DATA "/../cluster/image_user/cases.json");
    ASSERT_TRUE(in);
    const json observed = json::parse(in);
    std::map<std::string, std::optional<account_files>> roots;
    for (const auto& [name, layers] : observed["roots"].items()) {
        roots[name] = files_of(layers);
    }
    int refused = 0;
    int started = 0;
    for (const json& one : observed["cases"]) {
        const std::optional<account_files>& files = roots.at(one["root"]);
        if (!files) {
            continue;
        }
        SCOPED_TRACE(one.dump());
        arena memory;
        const pod& subject = pod_of(one, memory);
        const std::string user = one["user"];
        const known_accounts known = known_of(*files);
        const identity got = identity_of(subject, subject.containers[0], user, known);
        const json& expected = one["expected"];
        if (expected.contains("refused")) {
            ++refused;
            EXPECT_TRUE(is_refused_so(got, expected)) << shown(got);
            continue;
        }
        ++started;
        EXPECT_EQ(
            shown(got),
            fmt::format(
                "uid {} gid {} groups {}",
                expected["uid"].get<std::int64_t>(),
                expected["gid"].get<std::int64_t>(),
                fmt::join(expected["groups"].get<std::vector<std::int64_t>>(), " ")
            )
        );
    }
    EXPECT_GT(refused, 80);
    EXPECT_GT(started, 150);
}

} // namespace
} // namespace gatehouse::policy
