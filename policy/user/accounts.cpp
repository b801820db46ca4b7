#include "policy/user/accounts.h"

#include "policy/text.h"
#include "policy/user/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_set>
#include <utility>

namespace gatehouse::policy {
namespace {

/// White space of Unicode in UTF-8, which lines are trimmed of.
constexpr std::array<std::string_view, 25> white_space = {
    " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085", "\u00a0", "\u1680",
    "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
    "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000",
};

std::string_view trimmed(std::string_view line) {
    const auto space_at_front = [&] {
        return std::ranges::find_if(white_space, [&](auto one) { return line.starts_with(one); });
    };
    const auto space_at_back = [&] {
        return std::ranges::find_if(white_space, [&](auto one) { return line.ends_with(one); });
    };
    for (auto found = space_at_front(); found != white_space.end(); found = space_at_front()) {
        line.remove_prefix(found->size());
    }
    for (auto found = space_at_back(); found != white_space.end(); found = space_at_back()) {
        line.remove_suffix(found->size());
    }
    return line;
}

/// What stands before the first `separator`, which is taken off `rest` with it.
std::string_view take_field(std::string_view& rest, char separator) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return field;
}

error too_many(std::string_view file, std::string_view what) {
    return {errc::too_large, fmt::format("{} has more than {} {}", file, most_accounts, what)};
}

} // namespace

class accounts_reader {
  public:
    result<accounts> read(const account_files& files) {
        if (files.passwd) {
            GATEHOUSE_TRY(read_passwd(*files.passwd));
        }
        if (files.group) {
            GATEHOUSE_TRY(read_group(*files.group));
        }
        sort();
        if (const std::string_view name = most_listed(); !name.empty()) {
            return error(
                errc::too_large,
                fmt::format(
                    "/etc/group lists {} in more than {} groups", quoted(name, 64), most_memberships
                )
            );
        }
        out_.text_.shrink_to_fit();
        out_.users_.shrink_to_fit();
        out_.groups_.shrink_to_fit();
        out_.members_.shrink_to_fit();
        out_.numbered_.shrink_to_fit();
        return std::move(out_);
    }

  private:
    result<void> read_passwd(std::string_view file) {
        if (file.size() > longest_account_file) {
            return error(errc::too_large, "/etc/passwd is longer than 1 MiB");
        }
        out_.has_passwd_ = true;
        while (!file.empty()) {
            const std::string_view whole = take_field(file, '\n');
            if (whole.size() > longest_passwd_line) {
                return error(
                    errc::malformed,
                    "a line of /etc/passwd is longer than 64 KiB, which no container runtime reads"
                );
            }
            std::string_view line = trimmed(whole);
            if (line.empty()) {
                continue;
            }
            if (out_.users_.size() == most_accounts) {
                return too_many("/etc/passwd", "users");
            }
            const std::string_view name = take_field(line, ':');
            take_field(line, ':'); // the password
            const decimal uid = read_decimal(take_field(line, ':'));
            const decimal gid = read_decimal(take_field(line, ':'));
            out_.users_.push_back({
                .uid = uid.value,
                .gid = gid.value,
                .name = keep(name),
                .uid_is_number = uid.kind != decimal_kind::not_a_number,
                .gid_is_number = gid.kind != decimal_kind::not_a_number,
            });
        }
        return success();
    }

    result<void> read_group(std::string_view file) {
        if (file.size() > longest_account_file) {
            return error(errc::too_large, "/etc/group is longer than 1 MiB");
        }
        out_.has_group_ = true;
        while (!file.empty()) {
            std::string_view line = trimmed(take_field(file, '\n'));
            if (line.empty() || line.starts_with('#')) {
                continue; // a comment, unlike in /etc/passwd
            }
            const std::string_view name = take_field(line, ':');
            take_field(line, ':'); // the password
            const decimal gid = read_decimal(take_field(line, ':'));
            note_number(name, gid.value);
            note_members(name, gid.value, take_field(line, ':'));
            if (std::max(out_.members_.size(), out_.numbered_.size()) > most_accounts) {
                return too_many("/etc/group", "members");
            }
        }
        return success();
    }

    /// Nobody asks for a group that has none.
    void note_members(std::string_view name, std::int64_t gid, std::string_view members) {
        bool is_new = true;
        while (!members.empty() && out_.members_.size() <= most_accounts) {
            const std::string_view one = take_field(members, ',');
            if (one.empty()) {
                continue;
            }
            if (is_new) {
                out_.groups_.push_back({.gid = gid, .name = keep(name)});
                is_new = false;
            }
            const auto group = static_cast<std::uint32_t>(out_.groups_.size() - 1);
            out_.members_.push_back({.name = keep(one), .group = group});
        }
    }

    void sort() {
        const auto name_of = [&](std::uint32_t i) { return out_.text(out_.users_[i].name); };
        const auto uid_of = [&](std::uint32_t i) { return out_.users_[i].uid; };
        out_.by_name_.resize(out_.users_.size());
        std::iota(out_.by_name_.begin(), out_.by_name_.end(), 0U);
        out_.by_uid_ = out_.by_name_;
        std::ranges::stable_sort(out_.by_name_, {}, name_of);
        std::ranges::stable_sort(out_.by_uid_, {}, uid_of);
        std::ranges::stable_sort(out_.members_, {}, [&](const accounts::member& one) {
            return out_.text(one.name);
        });
        std::ranges::sort(out_.numbered_, {}, &accounts::numbered_group::name);
    }

    /// Who stands in too many groups; empty where nobody does.
    [[nodiscard]] std::string_view most_listed() const {
        const auto& members = out_.members_;
        for (std::size_t i = most_memberships; i < members.size(); ++i) {
            const std::string_view name = out_.text(members[i].name);
            if (name == out_.text(members[i - most_memberships].name)) {
                return name;
            }
        }
        return {};
    }

    /// A group that is named as a number takes its place, unless a group of that gid stands before it.
    void note_number(std::string_view name, std::int64_t gid) {
        const decimal number = read_decimal(name);
        const bool is_number =
            number.kind == decimal_kind::number && std::to_string(number.value) == name;
        if (is_number && taken_.insert(number.value).second) {
            out_.numbered_.push_back({number.value, gid});
        }
        taken_.insert(gid);
    }

    accounts::excerpt keep(std::string_view text) {
        const auto at = static_cast<std::uint32_t>(out_.text_.size());
        out_.text_.append(text);
        return {at, static_cast<std::uint32_t>(text.size())};
    }

    accounts out_;
    std::unordered_set<std::int64_t> taken_; ///< groups that a line of /etc/group stands for
};

account accounts::made_of(const user_line& line) const {
    return {
        .name = text(line.name),
        .uid = line.uid,
        .gid = line.gid,
        .uid_is_number = line.uid_is_number,
        .gid_is_number = line.gid_is_number,
    };
}

std::optional<account> accounts::named(std::string_view name) const {
    const auto name_of = [&](std::uint32_t i) { return text(users_[i].name); };
    const auto at = std::ranges::lower_bound(by_name_, name, {}, name_of);
    return at == by_name_.end() || name_of(*at) != name ? std::nullopt
                                                        : std::optional(made_of(users_[*at]));
}

std::optional<account> accounts::with_uid(std::int64_t uid) const {
    const auto uid_of = [&](std::uint32_t i) { return users_[i].uid; };
    const auto at = std::ranges::lower_bound(by_uid_, uid, {}, uid_of);
    return at == by_uid_.end() || uid_of(*at) != uid ? std::nullopt
                                                     : std::optional(made_of(users_[*at]));
}

std::vector<membership> accounts::memberships_of(std::string_view name) const {
    const auto name_of = [&](const member& one) { return text(one.name); };
    std::vector<membership> out;
    std::optional<std::uint32_t> last;
    for (const member& one : std::ranges::equal_range(members_, name, {}, name_of)) {
        const group_line& group = groups_[one.group];
        if (text(group.name) != name && one.group != last) {
            out.push_back({text(group.name), group.gid});
        }
        last = one.group; // a group may list somebody twice
    }
    return out;
}

std::int64_t accounts::as_named(std::int64_t gid) const noexcept {
    const auto at = std::ranges::lower_bound(numbered_, gid, {}, &numbered_group::name);
    return at == numbered_.end() || at->name != gid ? gid : at->gid;
}

std::size_t accounts::weight() const noexcept {
    return sizeof(accounts) + text_.capacity() + users_.capacity() * sizeof(user_line)
           + (by_name_.capacity() + by_uid_.capacity()) * sizeof(std::uint32_t)
           + groups_.capacity() * sizeof(group_line) + members_.capacity() * sizeof(member)
           + numbered_.capacity() * sizeof(numbered_group);
}

result<accounts> read_accounts(const account_files& files) { return accounts_reader().read(files); }

} // namespace gatehouse::policy
