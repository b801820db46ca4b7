#pragma once
// The thread that keeps a config_store up to date: polls it, reads at once when told to, and hands every
// report on. A thread of its own because file systems may hang, and neither the loop nor a review
// waiting for the pool may hang with them.

#include "server/config_store.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace gatehouse::server {

class config_watcher {
  public:
    static constexpr std::chrono::milliseconds period{250};

    /// Called on the watcher's thread, one report at a time.
    using deliver = std::function<void(load_report)>;

    /// Begins at once. `store` outlives this and belongs to it meanwhile.
    config_watcher(config_store& store, deliver to);
    config_watcher(const config_watcher&) = delete;
    config_watcher& operator=(const config_watcher&) = delete;
    /// Waits for a load that is under way, not for a period.
    ~config_watcher();

    /// Loads as soon as the thread is free, changed or not. Any thread.
    void load_now();

  private:
    void run();
    [[nodiscard]] std::optional<load_report> next_report();

    config_store& store_;
    deliver deliver_;
    std::mutex guard_;
    std::condition_variable wake_;
    bool must_load_ = false;
    bool must_stop_ = false;
    std::thread thread_;
};

} // namespace gatehouse::server
