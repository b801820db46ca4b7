#include "server/certificates/keeper.h"

#include "server/kube/events.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

constexpr unsigned conflict = 409;

bool is_same_pair(const secret_contents& one, const secret_contents& other) {
    return one.leaf == other.leaf && one.bundle == other.bundle
           && one.leaf_key.reveal() == other.leaf_key.reveal()
           && one.authority_key.reveal() == other.authority_key.reveal();
}

} // namespace

certificate_keeper::certificate_keeper(
    api_client& api,
    const clock& time,
    log& told,
    kube_place place,
    rotation_settings settings
)
    : api_(api),
      time_(time),
      log_(told),
      place_(std::move(place)),
      settings_(std::move(settings)),
      trouble_(place_.text() + ": not seen yet") {}

void certificate_keeper::set_trouble(std::string text) {
    if (trouble_ == text) {
        return;
    }
    trouble_ = std::move(text);
    if (!trouble_.empty()) {
        log_.write(
            log_level::error,
            "certificate_error",
            {{"error", trouble_},
             {"kept", in_force_ ? std::string_view("the last good one") : "none"}}
        );
    }
}

void certificate_keeper::refuse(const std::string& why) {
    is_refused_ = true;
    const bool is_served = in_force_ && examined_->leaf.is_valid(time_.now());
    set_trouble(fmt::format(
        "{}: {}; never overwritten: empty the Secret to have {}",
        place_.text(),
        why,
        is_served ? "what is in force written back" : "new ones made"
    ));
}

bool certificate_keeper::see(const nlohmann::json& object) {
    seen_ = object;
    makes_sense_ = false;
    is_refused_ = false;
    contents_ = {};
    if (object.is_null()) {
        set_trouble(place_.text() + ": not there; the chart makes it, empty");
        return false;
    }
    auto read = contents_of(object);
    if (!read) {
        refuse(read.error().detail());
        return false;
    }
    contents_ = std::move(read).value();
    if (contents_.is_empty()) {
        set_trouble(place_.text() + ": empty; the leader fills it");
        return false;
    }
    auto found = examine(contents_);
    if (!found) {
        refuse(found.error().detail());
        return false;
    }
    makes_sense_ = true;
    set_trouble({});
    const bool is_new = !in_force_ || !is_same_pair(*in_force_, contents_);
    in_force_ = contents_;
    examined_ = std::move(found).value();
    return is_new;
}

std::optional<wall_time> certificate_keeper::authority_end() const {
    return examined_ ? std::optional(examined_->authorities.back().not_after) : std::nullopt;
}

policy::result<certificate_keeper::intention> certificate_keeper::next(
    std::optional<std::chrono::nanoseconds> published_for
) const {
    const wall_time now = time_.now();
    intention out;
    out.look_again = now + std::chrono::hours(1);
    if (!seen_ || seen_->is_null()) {
        return out;
    }
    const bool is_empty = !makes_sense_ && !is_refused_;
    if (is_empty && in_force_ && examined_->leaf.is_valid(now)) {
        // API servers trust what is in force: anything else would break every call until they know.
        out.action = rotation_action::restore;
        out.next = *in_force_;
        return out;
    }
    if (is_empty) {
        out.action = rotation_action::fill;
        GATEHOUSE_TRY(out.next, after_step(out.action, contents_, settings_, now));
        return out;
    }
    if (!makes_sense_) {
        return out;
    }
    const rotation_step step = next_step(contents_, *examined_, settings_, now, published_for);
    out.action = step.action;
    if (step.action == rotation_action::wait) {
        out.look_again = step.look_again;
        return out;
    }
    GATEHOUSE_TRY(out.next, after_step(step.action, contents_, settings_, now));
    return out;
}

awaitable<certificate_keeper::tended> certificate_keeper::tend(
    std::optional<std::chrono::nanoseconds> published_for
) {
    tended out;
    auto wanted = next(published_for);
    if (!wanted) {
        set_trouble(fmt::format("{}: {}", place_.text(), wanted.error().detail()));
        out.has_failed = true;
        co_return out;
    }
    out.look_again = wanted.value().look_again;
    const rotation_action action = wanted.value().action;
    if (action == rotation_action::wait) {
        write_failure_.clear(); // somebody else did what was to be done
        co_return out;
    }
    // It carries the resourceVersion that was read: what somebody else wrote meanwhile wins.
    out.written_over = resource_version_of(*seen_);
    auto object = with_contents(*seen_, wanted.value().next);
    auto written = co_await api_.update(place_, std::move(object));
    if (const auto* failure = std::get_if<api_failure>(&written)) {
        out.was_outdated = failure->status == conflict;
        out.has_failed = !out.was_outdated;
        if (out.has_failed && write_failure_ != failure->text) {
            write_failure_ = failure->text;
            log_.write(log_level::warn, "certificate_not_written", {{"error", write_failure_}});
        }
        co_return out;
    }
    write_failure_.clear();
    ++steps_[static_cast<std::size_t>(action)];
    out.written = std::move(std::get<nlohmann::json>(written));
    const secret_contents& next = wanted.value().next;
    log_.write(
        log_level::info,
        "certificate_rotation",
        {{"step", name_of(action)}, {"phase", next.phase}, {"secret", place_.text()}}
    );
    co_return out;
}

} // namespace gatehouse::server
