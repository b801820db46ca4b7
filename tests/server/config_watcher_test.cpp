#include "server/config_watcher.h"

#include "tests/support/fake_clock.h"

#include <gtest/gtest.h>

#include <future>

namespace gatehouse::server {
namespace {

TEST(ConfigWatcher, LoadsWhenAskedAndHandsTheReportOn) {
    const testing_support::fake_clock time;
    config_store store({}, time);
    std::promise<load_report> first;
    bool is_told = false;
    config_watcher watcher(store, [&](load_report report) {
        if (!is_told) {
            is_told = true;
            first.set_value(std::move(report));
        }
    });
    watcher.load_now();
    EXPECT_NE(first.get_future().get().made, nullptr);
}

TEST(ConfigWatcher, EndsWithoutWaitingForItsPeriod) {
    const testing_support::fake_clock time;
    config_store store({}, time);
    const config_watcher watcher(store, [](load_report) {});
}

} // namespace
} // namespace gatehouse::server
