#include "server/kube/watch.h"

#include "policy/json.h"
#include "policy/text.h"
#include "server/kube/events.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

constexpr unsigned gone = 410;
// A watch that ends sooner without an event is no better than one that fails.
constexpr std::chrono::seconds too_short{1};

unsigned code_of(const nlohmann::json& status) {
    const nlohmann::json* code = policy::member_of(status, "code");
    return code != nullptr && code->is_number_unsigned() && code->get<std::uint64_t>() < 1000
               ? code->get<unsigned>()
               : 0;
}

} // namespace

/// One watch: what arrives, decoded, until something is wrong with it.
class object_watch::session final : public body_sink {
  public:
    explicit session(object_watch& of) : of_(of) {}

    [[nodiscard]] awaitable<bool> write(std::span<const char> bytes) override {
        of_.counts_.note_contact(of_.time_.now());
        of_.tell_seen();
        auto events = decoder_.feed(bytes);
        if (!events) {
            failure = events.error().detail();
            co_return false;
        }
        for (watch_event& one : events.value()) {
            if (!take(one)) {
                co_return false;
            }
        }
        co_return true;
    }
    [[nodiscard]] bool is_live() const noexcept override { return true; }

    std::string failure; ///< why nothing more is wanted
    bool is_expired = false;
    bool had_events = false;

  private:
    bool take(watch_event& event) {
        had_events = true;
        switch (event.type) {
        case watch_event_type::added:
        case watch_event_type::modified:
            of_.resume_from_ = resource_version_of(event.object);
            of_.take(std::move(event.object));
            return true;
        case watch_event_type::deleted:
            of_.resume_from_ = resource_version_of(event.object);
            of_.take_absence();
            return true;
        case watch_event_type::bookmark:
            of_.resume_from_ = resource_version_of(event.object);
            return true;
        case watch_event_type::error:
            is_expired = code_of(event.object) == gone;
            const std::string* message = policy::text_member(event.object, "message");
            failure = fmt::format(
                "the API server ended the watch: {}",
                policy::printable(
                    message == nullptr ? std::string_view("without a reason") : *message
                )
            );
            return false;
        }
        return false;
    }

    object_watch& of_;
    event_decoder decoder_;
};

object_watch::object_watch(
    loop& runs_on,
    api_client& api,
    const clock& time,
    kube_counts& counts,
    kube_place place,
    listener told
)
    : loop_(runs_on),
      api_(api),
      time_(time),
      counts_(counts),
      place_(std::move(place)),
      told_(std::move(told)) {}

void object_watch::take(nlohmann::json object) {
    std::string version = resource_version_of(object);
    if (version_ != version) {
        version_ = std::move(version);
        told_.changed(std::move(object));
    }
}

void object_watch::take_absence() {
    if (version_ != std::string()) {
        version_ = std::string();
        told_.changed(nlohmann::json());
    }
}

void object_watch::tell_seen() {
    delays_.succeed();
    told_.lost({});
}

awaitable<void> object_watch::pause(std::chrono::milliseconds least) {
    steady_timer timer(loop_);
    timer.expires_after(std::max(least, delays_.next()));
    co_await timer.async_wait(use_token);
}

/// True once it is known whether and how the object is.
awaitable<bool> object_watch::look() {
    auto found = co_await api_.get(place_);
    const auto* failure = std::get_if<api_failure>(&found);
    if (failure != nullptr && failure->status != 404) {
        told_.lost(failure->text);
        co_return false;
    }
    if (failure != nullptr) {
        take_absence();
    } else {
        take(std::move(std::get<nlohmann::json>(found)));
    }
    looked_ = time_.ticks();
    resume_from_.clear();
    co_return true;
}

/// One watch from beginning to end.
awaitable<void> object_watch::follow() {
    const tick_time begun = time_.ticks();
    const auto lasts = std::chrono::duration_cast<std::chrono::seconds>(
        delays_.spread(shortest_watch, longest_watch)
    );
    const auto events = std::make_shared<session>(*this);
    const auto failed = co_await api_.watch(place_, resume_from_, lasts, events);
    std::string why = events->failure;
    if (why.empty() && failed) {
        why = failed->text;
    }
    const bool is_expired = events->is_expired || (failed && failed->status == gone);
    if (is_expired || !events->failure.empty() || time_.ticks() - *looked_ >= trusted_for) {
        looked_.reset();
    }
    if (!why.empty() && !is_expired) {
        told_.lost(why);
    }
    const bool was_short = !events->had_events && time_.ticks() - begun < too_short;
    if (!why.empty() || was_short) {
        co_await pause(std::chrono::milliseconds(0));
    }
}

awaitable<void> object_watch::run() {
    for (;;) {
        if (!looked_) {
            const bool is_known = co_await look();
            if (!is_known) {
                co_await pause(std::chrono::milliseconds(0));
                continue;
            }
        }
        co_await follow();
    }
}

} // namespace gatehouse::server
