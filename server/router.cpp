#include "server/router.h"

#include <utility>

namespace gatehouse::server {

namespace {

std::string_view allow_name(http_method method) {
    switch (method) {
    case http_method::get:
        return "GET, HEAD";
    case http_method::head:
        return "HEAD";
    case http_method::post:
        return "POST";
    case http_method::other:
        break;
    }
    return {};
}

std::string allowed_methods(const std::vector<route>& routes, std::string_view path) {
    std::string all;
    for (const route& one : routes) {
        if (one.path == path) {
            all += all.empty() ? "" : ", ";
            all += allow_name(one.method);
        }
    }
    return all;
}

bool accepts(http_method wanted, http_method sent) {
    return sent == wanted || (sent == http_method::head && wanted == http_method::get);
}

} // namespace

router::router(std::vector<route> routes) {
    entries_.reserve(routes.size());
    for (const route& one : routes) {
        entries_.push_back({one, allowed_methods(routes, one.path)});
    }
}

std::variant<const handler*, response> router::find(http_method method, std::string_view path)
    const {
    if (path.size() > 1 && path.ends_with('/')) {
        path.remove_suffix(1);
    }
    const entry* known = nullptr;
    for (const entry& one : entries_) {
        if (one.what.path != path) {
            continue;
        }
        if (accepts(one.what.method, method)) {
            return &one.what.answer;
        }
        known = &one;
    }
    if (known == nullptr) {
        return plain_text(404, "not found");
    }
    response refusal = plain_text(405, "method not allowed");
    refusal.extra = {"Allow", known->allow};
    return refusal;
}

} // namespace gatehouse::server
