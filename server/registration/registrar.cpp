#include "server/registration/registrar.h"

#include "server/kube/events.h"
#include "server/registration/compare.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

constexpr unsigned conflict = 409;

kube_place place_of(const rendered_registration& rendered) {
    return {kube_resource::validating_webhook_configurations, {}, rendered.name};
}

} // namespace

void registrar::want(
    std::shared_ptr<const rendered_registration> rendered,
    const std::string& bundle
) {
    rendered_ = std::move(rendered);
    wanted_ = rendered_ && !bundle.empty() ? wanted_webhooks(rendered_->webhooks, bundle)
                                           : nlohmann::json();
}

void registrar::see(nlohmann::json live) {
    const bool was_there = live_ && !live_->is_null();
    if (live.is_null() && was_there) {
        log_.write(
            log_level::warn,
            "registration_removed",
            {{"configuration", rendered_ ? std::string_view(rendered_->name) : ""},
             {"effect", "no API server calls this webhook; it is not registered again"}}
        );
    }
    live_ = std::move(live);
    if (is_right()) {
        failure_.clear();
    }
}

bool registrar::is_right() const {
    return live_ && !live_->is_null() && !wanted_.is_null() && has_webhooks(*live_, wanted_);
}

bool registrar::is_due() const {
    return live_ && !live_->is_null() && !wanted_.is_null() && !has_webhooks(*live_, wanted_);
}

std::optional<std::string> registrar::live_bundle() const {
    return live_ ? bundle_of(*live_) : std::nullopt;
}

bool registrar::is_unused() const {
    return live_ && (live_->is_null() || is_without_webhooks(*live_));
}

void registrar::fail(const std::string& why) {
    ++failed_;
    if (failure_ != why) {
        failure_ = why;
        log_.write(log_level::warn, "registration_failed", {{"error", failure_}});
    }
}

awaitable<registrar::outcome> registrar::put_right() {
    // Both may become others while an answer is waited for.
    const nlohmann::json wanted = wanted_;
    const kube_place place = place_of(*rendered_);
    outcome out;
    out.written_over = resource_version_of(*live_);
    nlohmann::json known = *live_;
    for (const bool is_apply : {true, false}) {
        if (!may_write_()) {
            co_return out;
        }
        nlohmann::json object = correction_of(known, place.name, wanted);
        auto sent =
            is_apply ? api_.apply(place, std::move(object)) : api_.merge(place, std::move(object));
        api_result answer = co_await std::move(sent);
        if (const auto* failure = std::get_if<api_failure>(&answer)) {
            out.was_outdated = failure->status == conflict;
            if (!out.was_outdated) {
                fail(failure->text);
            }
            co_return out;
        }
        known = std::move(std::get<nlohmann::json>(answer));
        if (has_webhooks(known, wanted)) {
            break;
        }
        // Others own what an apply of ours leaves alone: a webhook or a condition that they added.
    }
    if (!has_webhooks(known, wanted)) {
        fail(place.text() + ": the API server does not keep what was applied");
        co_return out;
    }
    ++applied_;
    failure_.clear();
    log_.write(
        log_level::info,
        "registered",
        {{"configuration", place.name}, {"webhooks", static_cast<std::int64_t>(wanted.size())}}
    );
    out.answer = std::move(known);
    co_return out;
}

std::string registrar::text() const {
    if (!rendered_) {
        return "nothing to register";
    }
    const std::string place = place_of(*rendered_).text();
    if (!live_) {
        return place + ": not seen yet";
    }
    if (live_->is_null()) {
        return place + ": not there, and never made by Gatehouse: no API server calls this webhook";
    }
    if (is_right()) {
        return place + ": as it should be";
    }
    if (wanted_.is_null()) {
        return place + ": waits for a certificate";
    }
    return failure_.empty() ? place + ": to be applied by the leader"
                            : fmt::format("{}: could not be applied: {}", place, failure_);
}

} // namespace gatehouse::server
