#include "server/kube/watch.h"

#include "policy/json.h"
#include "policy/text.h"
#include "server/kube/events.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

constexpr unsigned gone = 410;
// A watch that ends sooner is no better than one that fails, whatever it said.
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
    explicit session(object_watch& of)
        : of_(of),
          expects_object_(of.resume_from_.empty() && of.version_ && !of.version_->empty()) {}

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

    /// A watch from the object as it is begins with it. One that did not was begun after the object was deleted.
    [[nodiscard]] bool misses_object() const noexcept { return expects_object_; }

  private:
    bool take(watch_event& event) {
        if (event.type == watch_event_type::bookmark && expects_object_) {
            return false;
        }
        expects_object_ = expects_object_ && event.type == watch_event_type::error;
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
    bool expects_object_;
};

object_watch::object_watch(
    loop& runs_on,
    api_client& api,
    const clock& time,
    kube_counts& counts,
    kube_place place,
    listener told,
    watch_pace pace
)
    : loop_(runs_on),
      api_(api),
      time_(time),
      counts_(counts),
      place_(std::move(place)),
      told_(std::move(told)),
      pace_(pace) {}

void object_watch::take(nlohmann::json object) {
    std::string version = resource_version_of(object);
    if (version_ != version) {
        version_ = std::move(version);
        told_.changed(std::move(object));
    }
}

void object_watch::take_own(const std::string& written_over, nlohmann::json answer) {
    if (version_ == written_over) {
        take(std::move(answer));
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

awaitable<bool> object_watch::look() {
    const auto before = version_;
    auto found = co_await api_.get(place_);
    const auto* failure = std::get_if<api_failure>(&found);
    if (failure != nullptr && failure->status != 404) {
        told_.lost(failure->text);
        co_return false;
    }
    if (version_ != before) {
        // What was heard meanwhile may be newer; the watch that follows begins with the object as it is.
    } else if (failure != nullptr) {
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
        delays_.spread(pace_.shortest, pace_.longest)
    );
    const auto events = std::make_shared<session>(*this);
    const auto failed = co_await api_.watch(place_, resume_from_, lasts, events);
    std::string why = events->failure;
    if (why.empty() && failed) {
        why = failed->text;
    }
    const bool is_expired = events->is_expired || (failed && failed->status == gone);
    const bool is_in_doubt = is_expired || !events->failure.empty() || events->misses_object();
    if (is_in_doubt || time_.ticks() - *looked_ >= pace_.trusted_for) {
        looked_.reset();
    }
    if (!why.empty() && !is_expired) {
        told_.lost(why);
    }
    const bool was_short = time_.ticks() - begun < too_short;
    if (!why.empty() || was_short) {
        co_await pause(was_short ? too_short : std::chrono::milliseconds(0));
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
