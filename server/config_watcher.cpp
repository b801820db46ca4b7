#include "server/config_watcher.h"

#include <malloc.h>

#include <exception>
#include <utility>

namespace gatehouse::server {

config_watcher::config_watcher(config_store& store, deliver to)
    : store_(store), deliver_(std::move(to)), thread_([this] { run(); }) {}

config_watcher::~config_watcher() {
    {
        const std::lock_guard lock(guard_);
        must_stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void config_watcher::load_now() {
    {
        const std::lock_guard lock(guard_);
        must_load_ = true;
    }
    wake_.notify_one();
}

std::optional<load_report> config_watcher::next_report() {
    bool is_asked = false;
    {
        std::unique_lock lock(guard_);
        wake_.wait_for(lock, period, [this] { return must_load_ || must_stop_; });
        if (must_stop_) {
            return std::nullopt;
        }
        is_asked = std::exchange(must_load_, false);
    }
    return is_asked ? store_.load() : store_.poll();
}

void config_watcher::run() {
    while (true) {
        std::optional<load_report> report;
        try {
            report = next_report();
        } catch (const std::exception& error) {
            // Out of memory or a bug: told like any other error, and the last good set stays.
            report.emplace().policy_errors.push_back(error.what());
        }
        if (report) {
            deliver_(*std::move(report));
            // Parsing leaves holes that would count as resident for good.
            malloc_trim(0);
        }
        const std::lock_guard lock(guard_);
        if (must_stop_) {
            return;
        }
    }
}

} // namespace gatehouse::server
