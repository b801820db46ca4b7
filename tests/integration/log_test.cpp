// The log: one JSON object a line, findable by the review's uid, without contents of objects.

#include "tests/integration/api_server.h"
#include "tests/integration/test_server.h"
#include "tests/support/eventually.h"
#include "tests/support/review_builder.h"

#include <gmock/gmock.h>

#include <sstream>
#include <vector>

namespace gatehouse::testing_support {
namespace {

std::vector<json> lines_of(const std::string& log) {
    std::vector<json> out;
    std::istringstream lines(log);
    std::string line;
    while (std::getline(lines, line)) {
        out.push_back(json::parse(line, nullptr, false));
    }
    return out;
}

TEST(Log, KeysTheVerdictByUid) {
    test_server server({"--log-level", "debug"});
    const std::string uid = "a\"uid\nof its own";
    json pod = bad_pod();
    pod["spec"]["containers"][0]["env"] = {{{"name", "PASSWORD"}, {"value", "hush-hush"}}};
    pod["metadata"]["annotations"] = {{"note", "hush-hush"}};
    static_cast<void>(verdict_on(server.port(), review_builder(pod).with("uid", uid).text()));

    const auto told = [&] {
        return std::ranges::count_if(lines_of(server.process().log()), [&](const json& line) {
            return line.is_object() && line.value("decision", "") == "deny" && line.contains("uid");
        });
    };
    EXPECT_TRUE(eventually(seconds(2), [&] { return told() == 1; }));
    for (const json& line : lines_of(server.process().log())) {
        ASSERT_TRUE(line.is_object());
        EXPECT_TRUE(line.contains("time") && line.contains("level"));
    }
    EXPECT_THAT(server.process().log(), testing::Not(testing::HasSubstr("hush-hush")));
}

TEST(Log, AtItsQuietestTellsOnlyErrors) {
    test_server server({"--log-level", "error"});
    static_cast<void>(verdict_on(server.port(), review_of(bad_pod())));
    EXPECT_EQ(server.process().log(), "");
}

} // namespace
} // namespace gatehouse::testing_support
