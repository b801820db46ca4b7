#include "server/identities.h"

#include "policy/rules/subject.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::platform_image;

constexpr std::size_t most_groups_shown = 32;

std::string name_of(const platform_image& platform) {
    std::string out = fmt::format("{}/{}", platform.os, platform.architecture);
    if (!platform.variant.empty()) {
        out += "/" + platform.variant;
    }
    return policy::printable(out);
}

shown_id shown(const policy::identity_id& from) { return {from.id, from.text}; }

bool is_same(const shown_identity& a, const shown_identity& b) {
    return a.user == b.user && a.group == b.group && a.groups == b.groups
           && a.groups_problem == b.groups_problem && a.refusal == b.refusal;
}

shown_identity made_of(const policy::identity& from) {
    shown_identity out;
    out.user = shown(from.user);
    out.group = shown(from.group);
    for (const policy::supplementary_group& one : from.groups) {
        out.groups.push_back({one.id, one.name});
    }
    out.groups_problem = from.groups_problem;
    if (from.refusal) {
        out.refusal = fmt::format("{}: {}", from.refusal->reason, from.refusal->message);
    }
    return out;
}

std::string problem_of(const policy::image_evidence* known) {
    const auto* failure = known != nullptr && known->users
                              ? std::get_if<policy::fetch_failure>(&*known->users)
                              : nullptr;
    return failure == nullptr || failure->detail.empty() ? "it was not looked up; try again"
                                                         : failure->detail;
}

/// What the platforms of one image make of one container.
std::vector<shown_identity> of_container(
    const policy::pod& subject,
    const policy::container& c,
    const policy::reference& image,
    const policy::evidence& known
) {
    const policy::image_evidence* had = known.of(image.text());
    const auto* users = had != nullptr && had->users
                            ? std::get_if<policy::image_user_facts>(&*had->users)
                            : nullptr;
    shown_identity failed;
    failed.image = image.text();
    if (users == nullptr) {
        failed.problem = problem_of(had);
        return {failed};
    }
    std::vector<shown_identity> out;
    const policy::user_want want = whole_identity(subject.architecture);
    for (std::size_t i = 0; i < users->platforms.size(); ++i) {
        const platform_image& platform = users->platforms[i];
        if (!is_judged(want, platform)) {
            continue;
        }
        const policy::known_accounts accounts =
            i < users->accounts_of.size() ? users->accounts_of[i] : std::nullopt;
        shown_identity made = made_of(identity_of(subject, c, platform.user, accounts));
        const auto same = std::ranges::find_if(out, [&](const shown_identity& one) {
            return is_same(one, made);
        });
        if (same == out.end()) {
            made.image = image.text();
            made.platforms.push_back(name_of(platform));
            out.push_back(std::move(made));
        } else {
            same->platforms.push_back(name_of(platform));
        }
    }
    if (out.empty()) {
        failed.problem = "it has no image for Linux on the architecture of the pod";
        out.push_back(std::move(failed));
    }
    return out;
}

std::string groups_text(const std::vector<shown_group>& groups) {
    std::vector<std::string> all;
    for (const shown_group& one : groups) {
        all.push_back(
            one.name.empty() ? fmt::format("{}", one.id)
                             : fmt::format("{} ({})", one.id, policy::plain_or_quoted(one.name))
        );
    }
    return policy::joined(all, most_groups_shown);
}

std::string id_text(std::string_view what, const shown_id& one) {
    return one.id ? fmt::format("{} {} {}", what, *one.id, one.source)
                  : fmt::format("{} unknown: {}", what, one.source);
}

} // namespace

policy::user_want whole_identity(std::string_view architecture) {
    policy::user_want out;
    out.architecture = architecture;
    out.config = out.user_id = out.group_id = out.groups = true;
    return out;
}

void add_identity_wants(
    const policy::pod& subject,
    const policy::registry_aliases& aliases,
    const std::function<bool(const policy::element&)>& is_denied,
    policy::image_wants& to
) {
    if (subject.is_windows()) {
        return;
    }
    for_each_container(subject, [&](const policy::element& where, const policy::container& c) {
        const auto image = policy::read_image(c.image, aliases);
        if (image && !is_denied(where)) {
            to.add(image.value(), whole_identity(subject.architecture));
        }
    });
}

std::vector<shown_identity> identities_of(
    const policy::pod& subject,
    const policy::registry_aliases& aliases,
    const policy::evidence& known
) {
    std::vector<shown_identity> out;
    if (subject.is_windows()) {
        return out;
    }
    for_each_container(subject, [&](const policy::element& where, const policy::container& c) {
        const auto image = policy::read_image(c.image, aliases);
        if (!image || known.of(image.value().text()) == nullptr) {
            return;
        }
        for (shown_identity& one : of_container(subject, c, image.value(), known)) {
            one.noun = policy::noun_of(where.kind);
            one.container = std::string(where.name);
            out.push_back(std::move(one));
        }
    });
    return out;
}

std::vector<shown_identity> identities_of(
    const policy::reference& image,
    const policy::evidence& known
) {
    return of_container({}, {}, image, known);
}

std::string head_of(const shown_identity& one) {
    if (one.platforms.empty()) {
        return "runs as: ";
    }
    return fmt::format("runs as ({}): ", policy::joined(one.platforms, one.platforms.size()));
}

std::string line_of(const shown_identity& one) {
    if (!one.problem.empty()) {
        return fmt::format("a user that could not be resolved: {}", policy::one_line(one.problem));
    }
    std::string out = fmt::format(
        "{}; {}; groups {}",
        id_text("uid", one.user),
        id_text("gid", one.group),
        one.groups.empty() ? "none" : groups_text(one.groups)
    );
    if (!one.groups_problem.empty()) {
        out += fmt::format(", others unknown: {}", one.groups_problem);
    }
    if (!one.refusal.empty()) {
        out += fmt::format("; it will not start: {}", one.refusal);
    }
    return out;
}

} // namespace gatehouse::server
