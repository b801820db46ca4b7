#pragma once
// Keeps one named object in view: reads it, then watches it, resuming where a watch ended, and looking anew
// where its past is gone (410) or what came made no sense. Through an outage of the API server what was seen
// last stands, and attempts are spread ever farther apart. Needs the verbs get and watch of that object, not
// list. Loop thread only.

#include "server/kube/backoff.h"
#include "server/kube/client.h"

#include <functional>
#include <optional>
#include <string>

namespace gatehouse::server {

/// How long one watch lasts (API servers end them after 5 to 10 minutes themselves), and after how long the object
/// is read anew whatever the events said: a watch may be stalled and say nothing.
struct watch_pace {
    std::chrono::seconds shortest{240};
    std::chrono::seconds longest{300};
    std::chrono::seconds trusted_for{600};
};

class object_watch {
  public:
    struct listener {
        /// The object, at first and whenever it is another; null where there is none.
        std::function<void(nlohmann::json)> changed;
        /// Why it is out of sight; empty once it is seen again.
        std::function<void(const std::string&)> lost;
    };

    /// All but `place` outlive this.
    object_watch(
        loop& runs_on,
        api_client& api,
        const clock& time,
        kube_counts& counts,
        kube_place place,
        listener told,
        watch_pace pace = {}
    );
    object_watch(const object_watch&) = delete;
    object_watch& operator=(const object_watch&) = delete;

    /// Until it is cancelled.
    [[nodiscard]] awaitable<void> run();
    /// Reads the object now. True once it is known whether and how it is.
    [[nodiscard]] awaitable<bool> look();
    /// Takes what an own write over that version of the object returned, without waiting for the event of it. If
    /// the watch told anything meanwhile, that is the write itself or newer: then the answer is dropped.
    void take_own(const std::string& written_over, nlohmann::json answer);

  private:
    class session;

    [[nodiscard]] awaitable<void> follow();
    [[nodiscard]] awaitable<void> pause(std::chrono::milliseconds least);
    void take(nlohmann::json object);
    void take_absence();
    void tell_seen();

    loop& loop_;
    api_client& api_;
    const clock& time_;
    kube_counts& counts_;
    const kube_place place_;
    listener told_;
    const watch_pace pace_;
    backoff delays_;
    std::optional<std::string> version_; ///< of the object told last; empty text: there was none
    std::string resume_from_;            ///< empty: from the object as it is
    std::optional<tick_time> looked_;    ///< nothing: has to look
};

} // namespace gatehouse::server
