#include "server/commands/policy_from_psa.h"

#include "policy/migrate/from_psa.h"
#include "server/namespaces.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace gatehouse::server {
namespace {

constexpr std::string_view head = "# Does what the Pod Security labels of these namespaces did "
                                  "when this was made: a namespace that\n"
                                  "# is made or labelled later is in no list. `latest` is the "
                                  "newest version that Gatehouse knows,\n"
                                  "# not that of the cluster; defaults and exemptions of the API "
                                  "server's own configuration are not\n"
                                  "# in the labels and not in here.\n";

constexpr std::string_view nothing =
    "no Namespace in the files has a label that enforces, warns or audits a level";

class psa_conversion {
  public:
    converted_policies run(std::span<const std::string> paths) && {
        conversion_.each_object(
            paths,
            [this](const object_place& at, const manifest_object& object) { take(at, object); }
        );
        return std::move(conversion_)
            .finish(policy::policies_from_labels(namespaces_), head, nothing);
    }

  private:
    void take(const object_place& at, const manifest_object& object) {
        if (!is_namespace(object)) {
            tell_other(at, object);
            return;
        }
        policy::result<manifest_namespace> space = read_namespace(object);
        if (!space) {
            conversion_.error(at, space.error().detail());
            return;
        }
        const policy::labels_read read = policy::read_labels(space.value().labels);
        for (const policy::label_problem& one : read.problems) {
            conversion_.warn(at, fmt::format("metadata.labels[{}]: {}", one.label, one.message));
        }
        add(at, {std::move(space.value().name), read.levels});
    }

    /// As when they are applied one after the other.
    void add(const object_place& at, policy::labelled_namespace space) {
        const auto earlier =
            std::ranges::find(namespaces_, space.name, &policy::labelled_namespace::name);
        if (earlier == namespaces_.end()) {
            namespaces_.push_back(std::move(space));
            return;
        }
        conversion_.warn(
            at, fmt::format("Namespace {} was read before; the labels here hold", space.name)
        );
        *earlier = std::move(space);
    }

    /// The API server's configuration speaks of namespaces too, which is easily missed.
    void tell_other(const object_place& at, const manifest_object& object) {
        if (object.kind == "PodSecurityConfiguration" || object.kind == "AdmissionConfiguration") {
            conversion_.warn(
                at,
                fmt::format(
                    "{}: defaults and exemptions are not carried over; write policies for the "
                    "namespaces without labels, and match.excludeNamespaces, excludeUsers",
                    object.kind
                )
            );
        }
    }

    policy_conversion conversion_;
    std::vector<policy::labelled_namespace> namespaces_;
};

} // namespace

converted_policies policies_from_psa(std::span<const std::string> paths) {
    return psa_conversion().run(paths);
}

void add_policy_from_psa(CLI::App& policy, int& status) {
    add_conversion(
        policy,
        "from-psa",
        "Print policies that do what Pod Security labels of namespaces do",
        "Namespaces",
        policies_from_psa,
        status
    );
}

} // namespace gatehouse::server
