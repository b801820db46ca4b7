#include "server/log.h"

#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <string>
#include <vector>

namespace gatehouse::server {
namespace {

using testing_support::fake_clock;

const std::vector<std::string> two_rules{"base/run-as-user", "base/image-tag"};

std::vector<log_field> every_kind_of_field() {
    return {
        {"uid", "705ab4f5"},
        {"subject", "Pod prod/web"},
        {"policies", std::int64_t{3}},
        {"seconds", 0.25},
        {"dry", true},
        {"rules", std::span(two_rules)},
    };
}

std::string line_of(
    log_format format,
    log_level level,
    std::string_view event,
    std::vector<log_field> fields
) {
    return log_line(format, fake_clock().now(), level, event, fields);
}

TEST(Log, WritesAnEventAsOneJsonObject) {
    EXPECT_EQ(
        line_of(log_format::json, log_level::info, "review", every_kind_of_field()),
        R"({"time":"2026-08-01T12:00:00.000Z","level":"info","event":"review","uid":"705ab4f5",)"
        R"("subject":"Pod prod/web","policies":3,"seconds":0.25,"dry":true,)"
        R"("rules":["base/run-as-user","base/image-tag"]})"
        "\n"
    );
}

TEST(Log, WritesAnEventAsText) {
    EXPECT_EQ(
        line_of(log_format::text, log_level::warn, "review", every_kind_of_field()),
        "2026-08-01T12:00:00.000Z warn review uid=705ab4f5 subject=\"Pod prod/web\" policies=3 "
        "seconds=0.25 dry=true rules=base/run-as-user,base/image-tag\n"
    );
}

TEST(Log, KeepsHostileTextInsideItsField) {
    const std::string line = line_of(
        log_format::json, log_level::info, "review", {{"uid", "a\"}\n{\"forged\":1,\x1b[31m\xff\\"}}
    );
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto object = nlohmann::json::parse(line);
    EXPECT_EQ(object.size(), 4U);
    EXPECT_EQ(object["uid"], "a\"}\\n{\"forged\":1,\\u{1b}[31m\\x{ff}\\");
}

TEST(Log, LeavesOutWhatDoesNotFitIntoALine) {
    const std::vector<std::string> many(1000, "production/run-as-user");
    for (const log_format format : {log_format::json, log_format::text}) {
        const std::string line = line_of(
            format,
            log_level::info,
            "review",
            {{"uid", "u-1"}, {"rules", std::span(many)}, {"after", true}}
        );
        EXPECT_LE(line.size(), longest_log_line);
        EXPECT_NE(line.find("truncated"), std::string::npos);
        EXPECT_NE(line.find("u-1"), std::string::npos);
        EXPECT_EQ(line.find("after"), std::string::npos);
    }
}

TEST(Log, CutsALongValue) {
    const std::string line = line_of(
        log_format::json,
        log_level::info,
        "x",
        {{"error", std::string_view(std::string(9000, 'e'))}}
    );
    EXPECT_LT(line.size(), longest_log_line);
    EXPECT_TRUE(nlohmann::json::parse(line)["error"].get<std::string>().ends_with("eee..."));
}

TEST(Log, FiltersByLevel) {
    const testing_support::temp_dir dir;
    const fake_clock time;
    const int file = open((dir / "log").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    log out(file, log_format::text, log_level::warn, time);
    EXPECT_FALSE(out.wants(log_level::info));
    EXPECT_TRUE(out.wants(log_level::warn));
    out.write(log_level::info, "quiet");
    out.write(log_level::error, "loud", {{"error", "x"}});
    close(file);
    EXPECT_EQ(
        testing_support::text_of(dir / "log"), "2026-08-01T12:00:00.000Z error loud error=x\n"
    );
    EXPECT_EQ(out.dropped(), 0U);
}

TEST(Log, DropsAndCountsWhatAFullPipeDoesNotTake) {
    const fake_clock time;
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const int capacity = fcntl(ends[1], F_SETPIPE_SZ, 4096);
    ASSERT_GE(capacity, 4096);
    log out(ends[1], log_format::json, log_level::info, time);
    const std::string long_text(2000, 'x');
    for (int i = 0; i < 10; ++i) {
        out.write(log_level::info, "event", {{"text", long_text}});
    }
    EXPECT_GT(out.dropped(), 0U);
    EXPECT_LT(out.dropped(), 10U);
    const std::uint64_t dropped = out.dropped();
    std::string read_back(65536, '\0');
    const auto got = read(ends[0], read_back.data(), read_back.size());
    read_back.resize(static_cast<std::size_t>(got));
    EXPECT_TRUE(read_back.ends_with("}\n"));
    out.write(log_level::info, "event");
    EXPECT_EQ(out.dropped(), dropped);
    close(ends[0]);
    close(ends[1]);
}

TEST(Log, CountsWhatAClosedDescriptorDoesNotTake) {
    const fake_clock time;
    log out(-1, log_format::json, log_level::info, time);
    out.write(log_level::info, "event");
    EXPECT_EQ(out.dropped(), 1U);
}

TEST(Log, KnowsItsNames) {
    EXPECT_EQ(log_level_named("debug"), log_level::debug);
    EXPECT_EQ(log_level_named("error"), log_level::error);
    EXPECT_EQ(log_level_named("Error"), std::nullopt);
    EXPECT_EQ(log_format_named("json"), log_format::json);
    EXPECT_EQ(log_format_named("text"), log_format::text);
    EXPECT_EQ(log_format_named("xml"), std::nullopt);
}

} // namespace
} // namespace gatehouse::server
