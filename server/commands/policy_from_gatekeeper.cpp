#include "server/commands/policy_from_gatekeeper.h"

#include "policy/migrate/from_gatekeeper.h"
#include "policy/text.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace gatehouse::server {
namespace {

constexpr std::string_view group = "constraints.gatekeeper.sh/";

constexpr std::string_view head =
    "# Does what these Gatekeeper constraints did, and more: updates and images of volumes are "
    "judged\n"
    "# too, and images are compared by their full name, nginx as docker.io/library/nginx. What\n"
    "# Gatekeeper exempts by its own configuration is not in here.\n";

constexpr std::string_view nothing = "no constraint in the files can be made a policy";

class gatekeeper_conversion {
  public:
    converted_policies run(std::span<const std::string> paths) && {
        conversion_.each_object(
            paths,
            [this](const object_place& at, const manifest_object& object) { take(at, object); }
        );
        return std::move(conversion_).finish(policies_, head, nothing);
    }

  private:
    void take(const object_place& at, const manifest_object& object) {
        if (!object.api_version.starts_with(group)) {
            return; // templates, and whatever else stands beside constraints
        }
        if (!policy::is_known_constraint(object.kind)) {
            tell_unknown(at, object.kind);
            return;
        }
        simdjson::dom::parser parser;
        simdjson::dom::element root;
        if (const auto failure = parser.parse(object.json).get(root)) {
            conversion_.error(at, simdjson::error_message(failure));
            return;
        }
        const policy::result<policy::gatekeeper_constraint> read =
            policy::read_constraint(object.kind, root);
        if (!read) {
            conversion_.error(at, read.error().detail());
            return;
        }
        policy::migrated_constraint made = policy::policy_from_constraint(read.value());
        for (const policy::migration_note& note : made.notes) {
            const std::string line = fmt::format("{}: {}", note.field, note.message);
            note.is_error ? conversion_.error(at, line) : conversion_.warn(at, line);
        }
        if (made.policy) {
            add(at, object.kind, std::move(*made.policy));
        }
    }

    void tell_unknown(const object_place& at, std::string_view kind) {
        const bool is_standard = kind.starts_with("K8sPSP");
        conversion_.warn(
            at,
            fmt::format(
                "no policy is made of constraints of kind {}{}",
                policy::plain_or_quoted(kind),
                is_standard ? "; see whether podSecurity says what it did" : ""
            )
        );
    }

    /// Constraints of two kinds may have one name; policies may not.
    void add(const object_place& at, std::string_view kind, policy::policy_document made) {
        if (has(made.name)) {
            made.name += '-' + policy::lower(kind);
        }
        if (has(made.name)) {
            conversion_.error(at, fmt::format("metadata.name: {} was read before", made.name));
            return;
        }
        policies_.push_back(std::move(made));
    }

    [[nodiscard]] bool has(std::string_view name) const {
        return std::ranges::find(policies_, name, &policy::policy_document::name)
               != policies_.end();
    }

    policy_conversion conversion_;
    std::vector<policy::policy_document> policies_;
};

} // namespace

converted_policies policies_from_gatekeeper(std::span<const std::string> paths) {
    return gatekeeper_conversion().run(paths);
}

void add_policy_from_gatekeeper(CLI::App& policy, int& status) {
    add_conversion(
        policy,
        "from-gatekeeper",
        "Print policies that do what Gatekeeper constraints do",
        "Constraints",
        policies_from_gatekeeper,
        status
    );
}

} // namespace gatehouse::server
