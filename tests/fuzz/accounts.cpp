// USER, /etc/passwd and /etc/group of an image: whom a container runs as, and what rules make of it. An
// input is a line of USER, then /etc/passwd, a line "--", /etc/group.
#include "policy/rules/open_user.h"
#include "policy/user/image_user.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>
#include <string>

namespace gatehouse::fuzzing {
namespace {

constexpr std::size_t longest_text = 1000;

struct parts {
    std::string_view user;
    policy::account_files files;
};

parts parts_of(std::string_view input) {
    constexpr std::string_view between = "--\n";
    const std::size_t end = std::min(input.find('\n'), input.size());
    parts out{input.substr(0, std::min(end, policy::longest_user)), {}};
    input.remove_prefix(std::min(end + 1, input.size()));
    const std::size_t middle = input.find(between);
    if (middle != std::string_view::npos) {
        out.files.passwd = std::string(input.substr(0, middle));
        out.files.group = std::string(input.substr(middle + between.size()));
    } else if (!input.empty()) {
        out.files.passwd = std::string(input);
    }
    return out;
}

bool is_id(std::int64_t id) { return id >= 0 && id <= 4294967295; }

void check_part(const policy::identity_id& part) {
    require_message(part.text, longest_text);
    require(!part.id || is_id(*part.id), "a known id is one");
    require(part.id || part.source == policy::id_source::unknown, "an unknown id has no source");
}

void check_identity(const policy::identity& who, bool all_is_known) {
    check_part(who.user);
    check_part(who.group);
    require(
        std::ranges::is_sorted(who.groups, {}, &policy::supplementary_group::id), "groups ascend"
    );
    for (const policy::supplementary_group& one : who.groups) {
        require(is_id(one.id), "a group has an id");
    }
    if (who.refusal) {
        require_message(who.refusal->message, longest_text);
        return;
    }
    const bool is_whole = who.user.id && who.group.id && who.groups_problem.empty();
    require(is_whole || !all_is_known, "what starts has every part");
}

policy::run_as_section strict() {
    policy::run_as_section out;
    out.resolve_image_user = true;
    out.run_as_user = {policy::id_rule::must_run_as_non_root, {}};
    out.run_as_group = {policy::id_rule::may_run_as, {{1, 1000}}};
    out.supplemental_groups = {policy::id_rule::may_run_as, {{1, 1000}}};
    return out;
}

/// What no rule objects to is no root and in no group beyond the ranges.
void judge(std::string_view user, const policy::known_accounts& known) {
    static const policy::run_as_section run_as = strict();
    static const policy::pod subject;
    static const policy::container c;
    const policy::open_case open{
        run_as,
        subject,
        c,
        user,
        policy::read_image_user(user),
        policy::identity_of(subject, c, user, known)};
    for (const auto& one :
         {policy::judge_open_user(open),
          policy::judge_open_group(open),
          policy::judge_open_groups(open)}) {
        if (one) {
            require_message(one->what, longest_text);
            require_message(one->remedy, longest_text);
        }
    }
    require(
        policy::judge_open_user(open) || open.who.user.id.value_or(0) != 0, "what passes is no root"
    );
    const auto group = open.who.group.id.value_or(0);
    require(
        policy::judge_open_group(open) || (group >= 1 && group <= 1000), "the group is in range"
    );
    const bool groups_pass = !policy::judge_open_groups(open);
    for (const policy::supplementary_group& one : open.who.groups) {
        require(
            !groups_pass || one.source != policy::id_source::image_group
                || (one.id >= 1 && one.id <= 1000),
            "the image's groups are in range"
        );
    }
}

} // namespace

void fuzz_accounts(std::string_view input) {
    const auto [user, files] = parts_of(input);
    const policy::pod subject;
    policy::pod non_root;
    non_root.security.run_as_non_root = true;
    const policy::container c;
    check_identity(policy::identity_of(subject, c, user, std::nullopt), false);
    judge(user, std::nullopt);
    auto read = policy::read_accounts(files);
    if (!read) {
        require_message(read.error().detail(), 200);
        return;
    }
    const std::size_t size = files.passwd.value_or("").size() + files.group.value_or("").size();
    require(
        read.value().weight() <= sizeof(policy::accounts) + 64 + 64 * size, "memory is bounded"
    );
    const policy::known_accounts known =
        std::make_shared<const policy::accounts>(std::move(read).value());
    check_identity(policy::identity_of(subject, c, user, known), true);
    judge(user, known);
    const policy::identity checked = policy::identity_of(non_root, c, user, known);
    require(checked.refusal || checked.user.id != 0, "no root starts with runAsNonRoot");
}

} // namespace gatehouse::fuzzing
