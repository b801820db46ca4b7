#include "server/certificates/rotation.h"

#include "server/certificates/certificate_parts.h"
#include "server/certificates/issue.h"
#include "server/certificates/pem.h"
#include "server/time_text.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::result;

// Whatever is waited for, clocks are set and configurations come and go.
constexpr std::chrono::hours longest_wait{1};
// Two replicas' clocks may differ so far before a time counts as one of the future.
constexpr std::chrono::minutes tolerance{5};

rotation_step wait_until(wall_time when, wall_time now) {
    return {rotation_action::wait, std::min(when, now + longest_wait)};
}

rotation_step at_once(rotation_action action) { return {action, {}}; }

/// The phase began then; nothing where the annotations do not say so, or not of this phase.
std::optional<wall_time> beginning_of(
    const secret_contents& contents,
    rotation_phase phase,
    wall_time now
) {
    const auto since = parse_utc(contents.since);
    if (contents.phase != name_of(phase) || !since || *since > now + tolerance) {
        return std::nullopt;
    }
    return since;
}

bool has_names(const examined_contents& found, std::vector<std::string> wanted) {
    std::vector<std::string> names = found.names;
    std::ranges::sort(names);
    std::ranges::sort(wanted);
    return names == wanted;
}

/// To a leaf that is valid, where the one in force is not yet: nobody trusts it, so there is nothing to overlap with.
rotation_action way_out(const examined_contents& found, wall_time now) {
    if (now < found.authorities.back().not_before) {
        return rotation_action::fill;
    }
    return found.phase() == rotation_phase::published ? rotation_action::switch_leaf
                                                      : rotation_action::renew_leaf;
}

rotation_step steady_step(
    const secret_contents& contents,
    const examined_contents& found,
    const rotation_settings& settings,
    wall_time now
) {
    const certificate_facts& authority = found.authorities.back();
    if (authority.has_ended(now)) {
        return at_once(rotation_action::fill); // nobody trusts it: nothing to overlap with
    }
    if (found.leaf.has_ended(now)) {
        return at_once(rotation_action::renew_leaf);
    }
    if (contents.rotate == "ca" || now >= authority.due()) {
        return at_once(rotation_action::publish);
    }
    const bool is_leaf_due = now >= found.leaf.due();
    if (contents.rotate == "certificate" || is_leaf_due || !has_names(found, settings.names)) {
        return at_once(rotation_action::renew_leaf);
    }
    if (!contents.rotate.empty()) {
        return at_once(rotation_action::note); // nothing that anybody could ask for
    }
    return wait_until(std::min(authority.due(), found.leaf.due()), now);
}

/// The contents as they change within one step.
struct draft {
    secret_contents contents;
    const rotation_settings& settings;
    wall_time now;

    result<void> take(rotation_action action);
    result<void> sign_leaf();
    void add_authority();
    result<void> drop_old();
    /// What was asked for is begun.
    void answer(const char* asked) {
        if (contents.rotate == asked) {
            contents.rotate.clear();
        }
    }
};

result<void> draft::sign_leaf() {
    const issued_pair authority{contents.bundle, contents.authority_key};
    GATEHOUSE_TRY(auto leaf, issue_leaf(authority, settings.names, now, settings.leaf_lives));
    contents.leaf = std::move(leaf.certificate);
    contents.leaf_key = std::move(leaf.key);
    return policy::success();
}

void draft::add_authority() {
    issued_pair made = issue_authority(now, settings.authority_lives);
    if (!contents.bundle.empty() && !contents.bundle.ends_with('\n')) {
        contents.bundle += '\n';
    }
    contents.bundle += made.certificate;
    contents.authority_key = std::move(made.key);
}

result<void> draft::drop_old() {
    GATEHOUSE_TRY(const auto authorities, read_certificates({"ca.crt", contents.bundle}));
    contents.bundle = pem_of(authorities.back().get());
    return policy::success();
}

result<void> draft::take(rotation_action action) {
    switch (action) {
    case rotation_action::wait:
    case rotation_action::restore:
        break;
    case rotation_action::note:
        if (contents.rotate != "ca" && contents.rotate != "certificate") {
            contents.rotate.clear();
        }
        break;
    case rotation_action::fill:
        contents = {};
        add_authority();
        return sign_leaf();
    case rotation_action::publish:
        answer("ca");
        add_authority();
        break;
    case rotation_action::switch_leaf:
        return sign_leaf();
    case rotation_action::renew_leaf:
        answer("certificate");
        return sign_leaf();
    case rotation_action::drop_old:
        return drop_old();
    }
    return policy::success();
}

} // namespace

std::string_view name_of(rotation_action action) noexcept {
    switch (action) {
    case rotation_action::wait:
        return "wait";
    case rotation_action::note:
        return "noted";
    case rotation_action::fill:
        return "filled";
    case rotation_action::publish:
        return "published";
    case rotation_action::switch_leaf:
        return "switched";
    case rotation_action::drop_old:
        return "steady";
    case rotation_action::renew_leaf:
        return "certificate";
    case rotation_action::restore:
        return "restored";
    }
    return "unknown";
}

std::optional<wall_time> parse_utc(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (end == nullptr || *end != '\0' || text.empty()) {
        return std::nullopt;
    }
    return time_within_reach(timegm(&parts));
}

rotation_step next_step(
    const secret_contents& contents,
    const examined_contents& found,
    const rotation_settings& settings,
    wall_time now,
    std::optional<std::chrono::nanoseconds> published_for
) {
    const rotation_phase phase = found.phase();
    if (now < found.leaf.not_before) {
        // Our clock was set back, or that of the writer was ahead: which, only people know.
        return contents.rotate.empty() ? wait_until(found.leaf.not_before, now)
                                       : at_once(way_out(found, now));
    }
    const auto since = beginning_of(contents, phase, now);
    const bool is_useless =
        found.leaf.has_ended(now) || found.authorities[found.issuer].has_ended(now);
    if (phase == rotation_phase::published && is_useless) {
        return at_once(rotation_action::switch_leaf); // nothing is lost any more
    }
    if (!since) {
        return at_once(rotation_action::note); // counts from now on
    }
    const wall_time settled = *since + std::chrono::ceil<wall_time::duration>(settings.settle);
    switch (phase) {
    case rotation_phase::at_rest:
        return steady_step(contents, found, settings, now);
    case rotation_phase::published:
        if (!published_for) {
            return wait_until(now + longest_wait, now);
        }
        if (now >= settled && *published_for >= settings.settle) {
            return at_once(rotation_action::switch_leaf);
        }
        return wait_until(
            std::max(
                settled,
                now + std::chrono::ceil<wall_time::duration>(settings.settle - *published_for)
            ),
            now
        );
    case rotation_phase::switched:
        return now >= settled ? at_once(rotation_action::drop_old) : wait_until(settled, now);
    }
    return wait_until(now + longest_wait, now);
}

result<secret_contents> after_step(
    rotation_action action,
    const secret_contents& contents,
    const rotation_settings& settings,
    wall_time now
) {
    draft next{contents, settings, now};
    GATEHOUSE_TRY(next.take(action));
    GATEHOUSE_TRY(const examined_contents found, examine(next.contents));
    next.contents.phase = name_of(found.phase());
    // Whole seconds, and none too few are waited for.
    next.contents.since = utc_text(std::chrono::ceil<std::chrono::seconds>(now));
    return std::move(next.contents);
}

} // namespace gatehouse::server
