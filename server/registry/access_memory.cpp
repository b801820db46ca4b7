#include "server/registry/access_memory.h"

#include "server/registry/challenge.h"
#include "server/registry/endpoint.h"

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

std::string key_of(const endpoint& at) {
    const char* const scheme = at.base.scheme == url_scheme::https ? "https" : "http";
    return fmt::format("{} {}", scheme, at.base.authority());
}

} // namespace

std::optional<access_way> access_memory::way_to(const endpoint& at) const {
    const auto known = ways_.find(key_of(at));
    if (known == ways_.end()) {
        return std::nullopt;
    }
    access_way way = known->second;
    if (way.scheme == access_scheme::bearer) {
        way.service.scopes = pull_scopes("", at.repository);
    }
    return way;
}

void access_memory::keep(const endpoint& at, const access_way& way) {
    const bool is_usual = way.service.scopes == pull_scopes("", at.repository);
    if (way.scheme == access_scheme::bearer && !is_usual) {
        forget(at);
        return;
    }
    if (ways_.size() >= most_ways && !ways_.contains(key_of(at))) {
        ways_.erase(ways_.begin());
    }
    access_way& kept = ways_[key_of(at)];
    kept = way;
    kept.service.scopes.clear();
}

void access_memory::forget(const endpoint& at) { ways_.erase(key_of(at)); }

} // namespace gatehouse::server
