#include "policy/image/pattern.h"

#include "policy/image/pattern_syntax.h"
#include "policy/image/registry.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::string_view official = "library"; // where docker.io keeps names without a user

/// Label by label, so that `*` cannot reach over a dot.
bool matches_host(std::string_view glob, std::string_view host) {
    if (host.starts_with('[')) {
        return false; // an IPv6 address has no DNS labels
    }
    for (;;) {
        const std::size_t glob_end = std::min(glob.find('.'), glob.size());
        const std::size_t host_end = std::min(host.find('.'), host.size());
        if (!matches_glob(glob.substr(0, glob_end), host.substr(0, host_end))) {
            return false;
        }
        if (glob_end == glob.size() || host_end == host.size()) {
            return glob_end == glob.size() && host_end == host.size();
        }
        glob.remove_prefix(glob_end + 1);
        host.remove_prefix(host_end + 1);
    }
}

std::size_t without_stars(std::string_view glob) {
    return glob.size() - static_cast<std::size_t>(std::ranges::count(glob, '*'));
}

} // namespace

image_pattern::segment image_pattern::make_segment(std::string_view text) {
    if (text == any_segments) {
        return {segment_kind::any_number, {}};
    }
    if (text == namespace_segment) {
        return {segment_kind::request_namespace, {}};
    }
    const bool has_star = text.find('*') != std::string_view::npos;
    return {has_star ? segment_kind::glob : segment_kind::literal, std::string(text)};
}

result<image_pattern> image_pattern::parse(std::string_view text) {
    GATEHOUSE_TRY(auto parts, split_pattern(text));
    image_pattern parsed;
    parsed.text_ = text;
    parsed.tag_ = parts.tag;

    const bool begins_open = parts.path.substr(0, parts.path.find('/')) == any_segments;
    if (!parts.registry.empty()) {
        GATEHOUSE_TRY(auto registry, parse_registry(parts.registry, host_wildcards::allowed));
        append_registry(parsed.registry_text_, registry);
        parsed.registry_ = parts.registry.find('*') == std::string_view::npos
                               ? registry_kind::literal
                               : registry_kind::glob;
    } else if (begins_open) {
        parsed.registry_ = registry_kind::any;
    } else {
        parsed.registry_text_ = docker_hub;
    }
    for (std::string_view rest = parts.path;;) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        parsed.segments_.push_back(make_segment(rest.substr(0, end)));
        if (end == rest.size()) {
            break;
        }
        rest.remove_prefix(end + 1);
    }
    if (parsed.segments_.back().kind == segment_kind::any_number) {
        parsed.segments_.push_back(make_segment("*"));
    }
    parsed.complete();
    if (parsed.least_name() > longest_image_name) {
        return error(
            errc::malformed,
            fmt::format(
                "the pattern can match nothing: a name with its registry has at most {} characters",
                longest_image_name
            )
        );
    }
    return parsed;
}

void image_pattern::complete() {
    if (segments_.size() == 1 && registry_text_ == docker_hub) {
        segments_.insert(segments_.begin(), make_segment(official));
    }
    beginning_.clear();
    rest_ = 0;
    while (rest_ < segments_.size() && segments_[rest_].kind == segment_kind::literal) {
        beginning_ += segments_[rest_].text;
        if (++rest_ < segments_.size()) {
            beginning_ += '/';
        }
    }
    takes_any_rest_ = segments_.size() - rest_ == 2
                      && segments_[rest_].kind == segment_kind::any_number
                      && segments_.back().text == "*";
}

void image_pattern::move_to(std::string_view registry) {
    registry_text_ = registry;
    complete();
}

std::size_t image_pattern::least_name() const {
    std::size_t least = registry_ == registry_kind::any ? 1 : without_stars(registry_text_);
    for (const segment& one : segments_) {
        if (one.kind != segment_kind::any_number) {
            least += 1 + std::max<std::size_t>(without_stars(one.text), 1);
        }
    }
    return least;
}

bool image_pattern::matches_closely(
    const reference& image,
    std::string_view request_namespace,
    pattern_use use
) const {
    return (registry_ != registry_kind::glob || matches_registry_glob(image.registry()))
           && matches_tag(image, use) && matches_path(image.repository(), request_namespace);
}

bool image_pattern::matches_registry_glob(std::string_view registry) const {
    const host_and_port wanted = split_registry(registry_text_);
    const host_and_port found = split_registry(registry);
    return wanted.port == found.port && matches_host(wanted.host, found.host);
}

bool image_pattern::matches_tag(const reference& image, pattern_use use) const {
    if (tag_.empty()) {
        return true;
    }
    if (image.tag().empty() || (use == pattern_use::permit && !image.digest().empty())) {
        return false;
    }
    return matches_glob(tag_, image.tag());
}

bool image_pattern::matches_segment(
    const segment& one,
    std::string_view text,
    std::string_view request_namespace
) {
    switch (one.kind) {
    case segment_kind::literal:
        return text == one.text;
    case segment_kind::glob:
        return matches_glob(one.text, text);
    case segment_kind::request_namespace:
        return text == request_namespace;
    case segment_kind::any_number:
        return false;
    }
    return false;
}

bool image_pattern::matches_path(std::string_view path, std::string_view request_namespace) const {
    // Most patterns are a path, or whatever is below one.
    if (!path.starts_with(beginning_)) {
        return false;
    }
    path.remove_prefix(beginning_.size());
    if (rest_ == segments_.size()) {
        return path.empty();
    }
    return takes_any_rest_ ? !path.empty() : matches_rest(path, request_namespace);
}

bool image_pattern::matches_rest(std::string_view path, std::string_view request_namespace) const {
    // The two-finger match over segments: on a mismatch only the last `**` takes one segment more,
    // so no pattern can make this exponential. Offsets count to one behind the path, where a slash
    // would stand.
    const auto end_of = [&](std::size_t at) { return std::min(path.find('/', at), path.size()); };
    constexpr std::size_t none = std::string_view::npos;
    std::size_t wanted = rest_;
    std::size_t at = 0;
    std::size_t retry_wanted = none;
    std::size_t retry_at = 0;
    while (at <= path.size()) {
        const bool left = wanted < segments_.size();
        if (left && segments_[wanted].kind == segment_kind::any_number) {
            retry_wanted = ++wanted;
            retry_at = at;
            continue;
        }
        const std::size_t end = end_of(at);
        if (left
            && matches_segment(segments_[wanted], path.substr(at, end - at), request_namespace)) {
            ++wanted;
            at = end + 1;
        } else if (retry_wanted != none) {
            retry_at = end_of(retry_at) + 1;
            at = retry_at;
            wanted = retry_wanted;
        } else {
            return false;
        }
    }
    while (wanted < segments_.size() && segments_[wanted].kind == segment_kind::any_number) {
        ++wanted;
    }
    return wanted == segments_.size();
}

} // namespace gatehouse::policy
