// deploy/quickstart with the binary under test: what it prints is what README.md shows, and nothing that it
// starts outlives it.

#include "tests/integration/ask.h"
#include "tests/integration/child_process.h"
#include "tests/integration/gatehouse_process.h"
#include "tests/support/eventually.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <regex>
#include <sstream>

namespace gatehouse::testing_support {
namespace {

using testing::HasSubstr;

const std::string root = GATEHOUSE_SOURCE;
constexpr seconds limit{60};

arguments quickstart(const arguments& more = {}) {
    arguments out = {"/bin/bash", root + "/deploy/quickstart", "--binary", gatehouse_binary()};
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

/// Ports are chosen anew each time.
std::string without_ports(const std::string& text) {
    return std::regex_replace(text, std::regex("127\\.0\\.0\\.1:[0-9]+"), "127.0.0.1:PORT");
}

/// What `pattern`'s group finds in `text`; 0 where nothing.
std::uint16_t port_in(const std::string& text, const std::string& pattern) {
    std::smatch found;
    return std::regex_search(text, found, std::regex(pattern))
               ? static_cast<std::uint16_t>(std::stoul(found[1]))
               : std::uint16_t{0};
}

TEST(Quickstart, PrintsWhatTheReadmeShows) {
    const temp_dir output;
    child_process run(quickstart({"--once"}), {}, output);
    ASSERT_EQ(run.wait(limit), 0) << run.out() << run.err();
    EXPECT_EQ(run.err(), "");
    const std::string printed = without_ports(run.out());
    EXPECT_THAT(printed, HasSubstr("\npod/web created\n"));
    EXPECT_THAT(printed, HasSubstr("\npod/signed created\n"));

    // Every line of the denials in the first part; the examples behind it are others.
    const std::string readme = without_ports(text_of(root + "/README.md"));
    std::istringstream lines(readme.substr(0, readme.find("    tests/run")));
    int compared = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("    ") && line != "    deploy/quickstart") {
            ++compared;
            EXPECT_THAT(printed, HasSubstr("\n" + line.substr(4) + "\n"));
        }
    }
    EXPECT_EQ(compared, 7);
}

TEST(Quickstart, EndsWithItsServersWhenItIsInterrupted) {
    const temp_dir output;
    child_process run(quickstart(), {}, output);
    ASSERT_TRUE(eventually(limit, [&] {
        return run.out().find("Ctrl-C ends both.") != std::string::npos || !run.is_alive();
    }));
    const std::string printed = run.out();
    const std::uint16_t ops = port_in(printed, "http://localhost:([0-9]+)/metrics");
    const std::uint16_t registry = port_in(printed, "images of 127\\.0\\.0\\.1:([0-9]+)/shop");
    EXPECT_EQ(get_ops(ops, "/readyz").status, 200);
    EXPECT_EQ(get_ops(registry, "/v2/").status, 200);
    run.send_signal(SIGINT);
    EXPECT_EQ(run.wait(limit), 0) << run.err();
    EXPECT_THROW(static_cast<void>(get_ops(ops, "/readyz")), std::runtime_error);
    EXPECT_THROW(static_cast<void>(get_ops(registry, "/v2/")), std::runtime_error);
}

} // namespace
} // namespace gatehouse::testing_support
