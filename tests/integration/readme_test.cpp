// What README.md shows is what happens: the denial of its first command, and the policy that it prints.

#include "tests/integration/api_server.h"
#include "tests/integration/gatehouse_process.h"

#include <gmock/gmock.h>

#include <sstream>
#include <string>

namespace gatehouse::testing_support {
namespace {

const std::string root = GATEHOUSE_TEST_DATA "/../..";

/// The indented lines of README.md, without their indent; what stands between is an empty line.
std::string examples() {
    constexpr std::string_view indent = "    ";
    std::istringstream lines(text_of(root + "/README.md"));
    std::string out;
    std::string line;
    while (std::getline(lines, line)) {
        out += line.starts_with(indent) ? line.substr(indent.size()) + "\n" : "\n";
    }
    return out;
}

TEST(Readme, ShowsTheDenialOfTheQuickstart) {
    gatehouse_process server({});
    const std::string review = text_of(root + "/deploy/reviews/denied.json");
    const std::string message = message_of(verdict_on(server.webhook_port(), review));
    EXPECT_THAT(message, testing::StartsWith("Pod shop/web breaks "));
    EXPECT_THAT(
        examples(),
        testing::HasSubstr(
            "Error from server (Forbidden): admission webhook \"gatehouse\" denied the request: "
            + message + "\n\n"
        )
    );
}

TEST(Readme, ShowsAPolicyThatIsValid) {
    const std::string all = examples();
    const std::size_t start = all.find("apiVersion: ");
    ASSERT_NE(start, std::string::npos);
    const temp_dir directory;
    const std::string file =
        directory.write("policy.yaml", all.substr(start, all.find("\n\n", start) + 1 - start));
    const finished_command done = run_gatehouse({"policy", "validate", file});
    EXPECT_EQ(done.code, 0) << done.out;
    EXPECT_EQ(done.out, "1 policy in 1 file: valid\n");
}

} // namespace
} // namespace gatehouse::testing_support
