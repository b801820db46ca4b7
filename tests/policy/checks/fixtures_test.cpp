// A test of the tests: the pods of tests/data/pods cover every version of every check, are what the
// catalogue makes of them, and are judged as their folder says, in the words of messages.txt.
// GATEHOUSE_UPDATE_GOLDENS=1 writes them anew, to be read before they are committed.

#include "tests/policy/checks/fixtures.h"

#include "policy/checks/registry.h"
#include "policy/pod/decode.h"
#include "tests/support/check_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

namespace fs = std::filesystem;

const fs::path data = fs::path(GATEHOUSE_TEST_DATA) / "pods";
const fs::path messages = data / "messages.txt";

bool rewrites() { return std::getenv("GATEHOUSE_UPDATE_GOLDENS") != nullptr; }

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

/// What the level as a whole finds in the pod of that JSON text.
std::vector<finding> judged(
    const std::string& text,
    security_level level,
    std::uint32_t minor,
    arena& memory
) {
    simdjson::dom::parser parser;
    const auto json = parser.parse(text);
    if (json.error() != simdjson::SUCCESS) {
        ADD_FAILURE() << "not JSON: " << text;
        return {};
    }
    const decoded_pod decoded = decode_pod(json.value_unsafe(), "object", memory);
    if (decoded.value == nullptr) {
        ADD_FAILURE() << decoded.error.field << ": " << decoded.error.problem;
        return {};
    }
    return evaluate(level, {minor}, *decoded.value);
}

/// Whether the check that the pod is about finds fault with it.
bool is_found(const fixture& pod, std::uint32_t minor) {
    arena memory;
    const std::vector<finding> found = judged(pod.text, pod.level, minor, memory);
    return std::ranges::find(found, pod.rule, &finding::rule) != found.end();
}

TEST(CheckFixtures, AreOnDiskAsTheCatalogueMakesThem) {
    std::map<std::string, std::string> wanted;
    for (const fixture& pod : all_fixtures()) {
        EXPECT_TRUE(wanted.emplace(pod.path, pod.text).second) << pod.path << " twice";
    }
    if (rewrites()) {
        for (const std::string_view level : {"baseline", "restricted"}) {
            fs::remove_all(data / level);
        }
        for (const auto& [path, text] : wanted) {
            write(data / path, text);
        }
    }
    for (const auto& [path, text] : wanted) {
        EXPECT_EQ(read(data / path), text) << path;
    }
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(data)) {
        const std::string path = fs::relative(entry.path(), data).generic_string();
        if (entry.is_regular_file() && entry.path() != messages) {
            EXPECT_TRUE(wanted.contains(path)) << path << " is in no catalogue";
        }
    }
}

TEST(CheckFixtures, CoverEveryVersionOfEveryCheck) {
    const std::vector<fixture> all = all_fixtures();
    for (const check* c : all_checks()) {
        for (const check_version& version : c->versions) {
            for (const bool passing : {true, false}) {
                EXPECT_TRUE(std::ranges::any_of(
                    all,
                    [&](const fixture& pod) {
                        return pod.rule == c->rule && pod.since == version.since
                               && pod.passes == passing;
                    }
                )) << id_of(c->rule)
                   << " since v1." << version.since << (passing ? " passing" : " failing");
            }
        }
    }
}

TEST(CheckFixtures, BelongToAVersionInWhichTheirCheckChanges) {
    for (const fixture& pod : all_fixtures()) {
        const auto found = std::ranges::find(all_checks(), pod.rule, &check::rule);
        ASSERT_NE(found, all_checks().end()) << pod.path;
        EXPECT_EQ((*found)->level, pod.level) << pod.path;
        const check_version* in_force = (*found)->at(pod.since);
        ASSERT_NE(in_force, nullptr) << pod.path;
        EXPECT_EQ(in_force->since, pod.since) << pod.path;
    }
}

TEST(CheckFixtures, ShowEveryChange) {
    const std::vector<fixture> all = all_fixtures();
    for (const check* c : all_checks()) {
        for (const check_version& version : c->versions) {
            if (version.since == 0) {
                continue;
            }
            EXPECT_TRUE(std::ranges::any_of(
                all,
                [&](const fixture& pod) {
                    return pod.rule == c->rule && pod.since == version.since
                           && is_found(pod, version.since - 1) == pod.passes;
                }
            )) << "no pod is judged differently from v1."
               << version.since << " on by " << id_of(c->rule);
        }
    }
}

TEST(CheckFixtures, AreJudgedAsTheirFolderSays) {
    for (const fixture& pod : all_fixtures()) {
        arena memory;
        const auto found = judged(read(data / pod.path), pod.level, pod.since, memory);
        EXPECT_EQ(found.empty(), pod.passes) << pod.path;
        for (const finding& one : found) {
            EXPECT_EQ(id_of(one.rule), id_of(pod.rule)) << pod.path;
        }
    }
}

TEST(CheckFixtures, AreToldInTheWordsOfTheMessagesFile) {
    std::string told;
    for (const fixture& pod : all_fixtures()) {
        if (pod.passes) {
            continue;
        }
        arena memory;
        told += pod.path + '\n';
        for (const finding& one : judged(pod.text, pod.level, pod.since, memory)) {
            told += "    " + testing_support::line_of(one) + '\n';
        }
    }
    if (rewrites()) {
        write(messages, told);
    }
    EXPECT_EQ(read(messages), told);
}

} // namespace
} // namespace gatehouse::policy
