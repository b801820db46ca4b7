#include "policy/user/identity.h"

#include "policy/pod/effective.h"
#include "policy/text.h"
#include "policy/user/image_user.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::size_t longest_name = 64;

std::string shown(std::string_view name) { return quoted(name, longest_name); }

/// The id that a process gets for one that stands in a file: 32 bits of it. runc takes one beyond
/// largest_id only where it finds it in the file as it is, and never as primary group.
std::optional<std::int64_t> as_run(std::int64_t written, bool is_primary_group) {
    constexpr std::int64_t no_id = 4294967295;
    const auto id = static_cast<std::int64_t>(static_cast<std::uint32_t>(written));
    if (id <= largest_id || (!is_primary_group && id == written && id != no_id)) {
        return id;
    }
    return std::nullopt;
}

/// The user that somebody chose: the pod, else the image.
struct chosen_user {
    std::optional<std::int64_t> id; ///< a number that counts as it is
    std::string name;               ///< else to be looked for
    bool counts_in_groups = true;   ///< memberships are looked for
    id_source source = id_source::image_user;
    std::string text;
};

id_source source_of(set_by by) { return by == set_by::pod ? id_source::pod : id_source::container; }

std::string set_text(set_by by, std::string_view field) {
    return fmt::format(
        "from the {}'s securityContext.{}", by == set_by::pod ? "pod" : "container", field
    );
}

chosen_user choose(const pod& subject, const container& c, std::string_view user) {
    const auto by_pod = effective(c.security.run_as_user, subject.security.run_as_user);
    if (by_pod.value) {
        return {
            .id = by_pod.value,
            .name = {},
            .source = source_of(by_pod.set_by),
            .text = set_text(by_pod.set_by, "runAsUser")};
    }
    const image_user of_image = read_image_user(user);
    switch (of_image.kind) {
    case image_user_kind::none:
        return {.id = 0, .name = {}, .text = "as the image names no user"};
    case image_user_kind::id:
        return {
            .id = of_image.id, .name = {}, .text = "from the image's USER " + shown(of_image.name)};
    case image_user_kind::invalid_id:
        return {
            .id = std::nullopt,
            .name = fmt::format("{}", of_image.id),
            .counts_in_groups = false,
            .text = {}};
    case image_user_kind::name:
        break;
    }
    return {.id = std::nullopt, .name = std::string(of_image.name), .text = {}};
}

start_refusal no_start(std::string_view what) {
    return {"CreateContainerError", std::string(what)};
}

start_refusal out_of_range() {
    return {"StartError", "unable to setup user: uids and gids must be in range 0-2147483647"};
}

class maker {
  public:
    maker(
        const pod& subject,
        const container& c,
        std::string_view user,
        const known_accounts& known
    )
        : pod_(subject), container_(c), chosen_(choose(subject, c, user)) {
        if (!known) {
            problem_ = "its /etc/passwd and /etc/group were not read; try again";
        } else if (const auto* failure = std::get_if<fetch_failure>(&*known)) {
            failure_ = failure;
            problem_ = words_of(*failure);
        } else {
            files_ = std::get<std::shared_ptr<const accounts>>(*known).get();
        }
    }

    identity make() {
        if (files_ != nullptr) {
            entry_ = chosen_.id ? files_->with_uid(*chosen_.id) : files_->named(chosen_.name);
        }
        make_user();
        make_group();
        make_groups();
        sort_groups();
        return std::move(out_);
    }

  private:
    void refuse(start_refusal why) {
        if (!out_.refusal) {
            out_.refusal = std::move(why);
        }
    }

    identity_id unknown() const { return {.id = {}, .text = problem_, .failure = failure_}; }

    void make_user() {
        identity_id& user = out_.user;
        if (chosen_.id) {
            user = {.id = chosen_.id, .source = chosen_.source, .text = chosen_.text};
            return;
        }
        if (files_ == nullptr) {
            user = unknown();
            return;
        }
        if (!entry_) {
            user.text = no_entry();
            refuse(no_start(
                files_->has_passwd() ? "no users found" : "/etc/passwd: no such file or directory"
            ));
            return;
        }
        user.id = as_run(entry_->uid, false);
        if (!user.id) {
            user.text = fmt::format(
                "{} has the uid {} in its /etc/passwd, with which nothing starts",
                shown(chosen_.name),
                entry_->uid
            );
            refuse(out_of_range());
            return;
        }
        user.source = id_source::image_passwd;
        user.counts_as_zero = !entry_->uid_is_number;
        user.text = fmt::format(
            "from the image's USER {}, {} in its /etc/passwd",
            shown(chosen_.name),
            id_text("uid", *user.id, entry_->uid_is_number)
        );
    }

    /// "uid 1001"; "without a uid, which counts as 0,".
    static std::string id_text(std::string_view noun, std::int64_t id, bool is_number) {
        return is_number ? fmt::format("{} {}", noun, id)
                         : fmt::format("whose {} is no number and counts as 0", noun);
    }

    std::string no_entry() const {
        return files_->has_passwd()
                   ? fmt::format("its /etc/passwd has no user {}", shown(chosen_.name))
                   : fmt::format("it has no /etc/passwd to find {} in", shown(chosen_.name));
    }

    void make_group() {
        identity_id& group = out_.group;
        const auto by_pod = effective(container_.security.run_as_group, pod_.security.run_as_group);
        if (by_pod.value) {
            group = {
                .id = by_pod.value,
                .source = source_of(by_pod.set_by),
                .text = set_text(by_pod.set_by, "runAsGroup")};
            return;
        }
        if (files_ == nullptr) {
            group = unknown();
            return;
        }
        if (!entry_) {
            if (!chosen_.id) {
                group.text = no_entry();
                return;
            }
            group = {
                .id = 0,
                .source = id_source::nobody,
                .text = files_->has_passwd()
                            ? fmt::format(
                                "as neither the pod nor the image's /etc/passwd names a group for "
                                "uid {}",
                                *chosen_.id
                            )
                            : "as the pod names no group and the image has no /etc/passwd"};
            return;
        }
        group.id = as_run(entry_->gid, true);
        if (!group.id) {
            group.text = fmt::format(
                "{} has the group {} in its /etc/passwd, with which nothing starts",
                shown(entry_->name),
                entry_->gid
            );
            refuse(out_of_range());
            return;
        }
        group.source = id_source::image_passwd;
        group.counts_as_zero = !entry_->gid_is_number;
        group.text = fmt::format(
            "from {} in the image's /etc/passwd{}",
            shown(entry_->name),
            entry_->gid_is_number ? "" : ", whose group is no number and counts as 0"
        );
    }

    /// One beside the primary group: what runc finds for its number in the image's /etc/group.
    void add_named_group(std::int64_t id, id_source source, std::string_view name = {}) {
        const std::int64_t named = files_ == nullptr ? id : files_->as_named(id);
        add_group(
            as_run(named, false).value_or(named),
            named == id ? source : id_source::image_group,
            name
        );
    }

    void add_group(std::int64_t id, id_source source, std::string_view name = {}) {
        out_.groups.push_back({id, source, std::string(cut(name, longest_name))});
    }

    /// Of those with one id the first stays: the primary group, then what the pod says.
    void sort_groups() {
        std::ranges::stable_sort(out_.groups, {}, &supplementary_group::id);
        const auto rest = std::ranges::unique(out_.groups, {}, &supplementary_group::id);
        out_.groups.erase(rest.begin(), rest.end());
    }

    void make_groups() {
        if (out_.group.id) {
            add_group(*out_.group.id, out_.group.source);
        }
        for (const std::int64_t id : pod_.security.supplemental_groups) {
            add_named_group(id, id_source::pod);
        }
        if (pod_.security.fs_group) {
            add_named_group(*pod_.security.fs_group, id_source::pod);
        }
        if (pod_.security.supplemental_groups_policy == "Strict") {
            return;
        }
        if (files_ == nullptr) {
            out_.groups_problem = problem_;
            out_.groups_failure = failure_;
            return;
        }
        if (!entry_ || !chosen_.counts_in_groups) {
            if (!out_.user.id) {
                out_.groups_problem = no_entry();
            }
            return;
        }
        for (const membership& one : files_->memberships_of(entry_->name)) {
            if (const auto id = as_run(one.gid, false)) {
                add_named_group(*id, id_source::image_group, one.group);
                continue;
            }
            out_.groups_problem = fmt::format(
                "{} has the id {} in its /etc/group, with which nothing starts",
                shown(one.group),
                one.gid
            );
            refuse(out_of_range());
        }
    }

    const pod& pod_;
    const container& container_;
    chosen_user chosen_;
    const accounts* files_ = nullptr; ///< null where they are not known
    std::string problem_;             ///< why not
    const fetch_failure* failure_ = nullptr;
    std::optional<account> entry_;
    identity out_;
};

/// The sandbox of such a pod cannot be made, whatever its containers say.
std::optional<start_refusal> sandbox_refusal(const pod& subject) {
    if (!subject.security.run_as_group || subject.security.run_as_user) {
        return std::nullopt;
    }
    return start_refusal{
        "FailedCreatePodSandBox",
        fmt::format(
            "failed to generate user string: user group \"{}\" is specified without user",
            *subject.security.run_as_group
        )};
}

} // namespace

std::optional<start_refusal> non_root_refusal(
    const pod& subject,
    const container& c,
    std::string_view user
) {
    const auto refusal = [](std::string message) {
        return start_refusal{"CreateContainerConfigError", std::move(message)};
    };
    if (effective(c.security.run_as_non_root, subject.security.run_as_non_root).value != true) {
        return std::nullopt;
    }
    const auto by_pod = effective(c.security.run_as_user, subject.security.run_as_user);
    if (by_pod.value) {
        return *by_pod.value != 0
                   ? std::nullopt
                   : std::optional(refusal("container's runAsUser breaks non-root policy"));
    }
    const image_user of_image = read_image_user(user);
    switch (of_image.kind) {
    case image_user_kind::none:
        return refusal("container has runAsNonRoot and image will run as root");
    case image_user_kind::id:
        return of_image.id != 0
                   ? std::nullopt
                   : std::optional(refusal("container has runAsNonRoot and image will run as root")
                   );
    case image_user_kind::invalid_id:
        return refusal(fmt::format(
            "container has runAsNonRoot and image has an invalid user id ({}). (Must be "
            "1-(2147483647)): must be between 0 and 2147483647, inclusive",
            of_image.id
        ));
    case image_user_kind::name:
        break;
    }
    return refusal(fmt::format(
        "container has runAsNonRoot and image has non-numeric user ({}), cannot verify user is "
        "non-root",
        printable(of_image.name, longest_name)
    ));
}

identity identity_of(
    const pod& subject,
    const container& c,
    std::string_view user,
    const known_accounts& known
) {
    identity out = maker(subject, c, user, known).make();
    if (auto earlier = non_root_refusal(subject, c, user)) {
        out.refusal = std::move(earlier);
    }
    if (auto earlier = sandbox_refusal(subject)) {
        out.refusal = std::move(earlier);
    }
    return out;
}

} // namespace gatehouse::policy
