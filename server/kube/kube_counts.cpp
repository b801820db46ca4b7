#include "server/kube/kube_counts.h"

#include "server/exposition.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace gatehouse::server {

std::string_view name_of(kube_verb which) noexcept {
    switch (which) {
    case kube_verb::get:
        return "get";
    case kube_verb::watch:
        return "watch";
    case kube_verb::update:
        return "update";
    case kube_verb::patch:
        return "patch";
    }
    return "other";
}

void kube_counts::count(kube_verb verb, kube_resource resource, unsigned status, wall_time now) {
    // Beast reads three digits; whatever else a peer makes up is one series.
    const unsigned code = status <= 599 ? status : 599;
    ++requests_[{resource, verb, code}];
    if (status != 0) {
        note_contact(now);
    }
}

void kube_counts::write(exposition& to) const {
    to.begin(metric::kube_requests);
    for (const auto& [key, count] : requests_) {
        const auto& [resource, verb, code] = key;
        const std::string text = code == 0 ? "none" : fmt::format("{}", code);
        to.sample({name_of(verb), name_of(resource), text}, count);
    }
    to.begin(metric::kube_last_contact);
    if (last_contact_) {
        to.sample({}, std::chrono::duration<double>(last_contact_->time_since_epoch()).count());
    }
}

} // namespace gatehouse::server
