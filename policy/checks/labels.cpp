#include "policy/checks/labels.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace gatehouse::policy {
namespace {

/// One of enforce, audit, warn: what it reads and where the value goes.
struct mode {
    std::string_view name;
    pinned_level namespace_levels::*place;
    security_level if_unreadable;
};

/// The more that hangs on a label, the stricter a wrong one is: enforce closes, the others open.
constexpr std::array modes = {
    mode{"enforce", &namespace_levels::enforce, security_level::restricted},
    mode{"audit", &namespace_levels::audit, security_level::privileged},
    mode{"warn", &namespace_levels::warn, security_level::privileged},
};

constexpr std::string_view version_suffix = "-version";

class label_reader {
  public:
    explicit label_reader(std::span<const label> labels) : labels_(labels) {}

    labels_read read() && {
        for (const mode& one : modes) {
            read_level(one);
            read_version(one);
        }
        warn_as_enforced();
        tell_unknown();
        return std::move(out_);
    }

  private:
    [[nodiscard]] const label* find(std::string_view name, std::string_view suffix = "") const {
        const auto found = std::ranges::find_if(labels_, [&](const label& one) {
            std::string_view key = one.key;
            if (!key.starts_with(pod_security_prefix)) {
                return false;
            }
            key.remove_prefix(pod_security_prefix.size());
            return key.size() == name.size() + suffix.size() && key.starts_with(name)
                   && key.ends_with(suffix);
        });
        return found == labels_.end() ? nullptr : &*found;
    }

    void read_level(const mode& of) {
        const label* written = find(of.name);
        if (written == nullptr) {
            return;
        }
        const std::optional<security_level> level = level_named(written->value);
        (out_.levels.*of.place).level = level.value_or(of.if_unreadable);
        if (!level) {
            refuse(
                *written,
                fmt::format(
                    "is no level (privileged, baseline, restricted); {} holds",
                    name_of(of.if_unreadable)
                )
            );
        }
    }

    void read_version(const mode& of) {
        const label* written = find(of.name, version_suffix);
        if (written == nullptr) {
            return;
        }
        const std::optional<security_version> version = version_named(written->value);
        (out_.levels.*of.place).version = version.value_or(security_version{});
        if (!version) {
            refuse(*written, "is no version (latest, or v1.N as in v1.29); latest holds");
        }
    }

    /// Who enforces a level hears of it already when the workload is applied, unless told otherwise.
    void warn_as_enforced() {
        const label* enforced = find("enforce");
        const bool is_readable = enforced != nullptr && level_named(enforced->value);
        namespace_levels& levels = out_.levels;
        if (find("warn") != nullptr || !is_readable || levels.enforce.level <= levels.warn.level) {
            return;
        }
        levels.warn.level = levels.enforce.level;
        if (find("warn", version_suffix) == nullptr) {
            levels.warn.version = levels.enforce.version;
        }
    }

    /// A misspelt label does nothing, which its author would like to know.
    void tell_unknown() {
        for (const label& one : labels_) {
            if (one.key.starts_with(pod_security_prefix) && !is_known(one)) {
                out_.problems.push_back({
                    .label = one.key,
                    .message = "is no label of Pod Security Admission, which ignores it",
                    .is_refused = false,
                });
            }
        }
    }

    [[nodiscard]] bool is_known(const label& one) const {
        return std::ranges::any_of(modes, [&](const mode& of) {
            return find(of.name) == &one || find(of.name, version_suffix) == &one;
        });
    }

    void refuse(const label& written, std::string_view what) {
        out_.problems.push_back(
            {.label = written.key, .message = fmt::format("{} {}", quoted(written.value), what)}
        );
    }

    std::span<const label> labels_;
    labels_read out_;
};

} // namespace

labels_read read_labels(std::span<const label> labels) { return label_reader(labels).read(); }

} // namespace gatehouse::policy
