#include "server/registration/registrar.h"

#include "server/registration/compare.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

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

policy::result<void> registrar::taken(api_result answer) {
    if (const auto* failure = std::get_if<api_failure>(&answer)) {
        ++failed_;
        if (failure_ != failure->text) {
            failure_ = failure->text;
            log_.write(log_level::warn, "registration_failed", {{"error", failure_}});
        }
        return policy::error(policy::errc::unavailable, failure->text);
    }
    live_ = std::move(std::get<nlohmann::json>(answer));
    return policy::success();
}

awaitable<policy::result<void>> registrar::put_right() {
    const kube_place place = place_of(*rendered_);
    auto answer = co_await api_.apply(place, apply_of(*live_, wanted_));
    GATEHOUSE_CO_TRY(taken(std::move(answer)));
    if (!is_right()) {
        // Others own what an apply of ours leaves alone: a webhook or a condition that they added.
        auto replaced = co_await api_.merge(place, replacement_of(*live_, wanted_));
        GATEHOUSE_CO_TRY(taken(std::move(replaced)));
    }
    if (!is_right()) {
        api_result refused =
            api_failure{0, place.text() + ": the API server does not keep what was applied"};
        GATEHOUSE_CO_TRY(taken(std::move(refused)));
    }
    ++applied_;
    failure_.clear();
    log_.write(
        log_level::info,
        "registered",
        {{"configuration", rendered_->name},
         {"webhooks", static_cast<std::int64_t>(wanted_.size())}}
    );
    co_return policy::success();
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
