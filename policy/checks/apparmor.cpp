// appArmorProfile, baseline: nothing may switch off AppArmor's default confinement.
//
// Judged:   securityContext.appArmorProfile.type of the pod and of every container;
//           every annotation container.apparmor.security.beta.kubernetes.io/*, whether or not there
//           is a container of that name
// Allowed:  type RuntimeDefault, Localhost, or no profile at all (a profile without a type is not);
//           annotation runtime/default, localhost/*, or empty
// Versions: v1.0; the same in all, although API servers before 1.30 knew the annotations only

#include "policy/checks/checks.h"
#include "policy/checks/profile_type.h"
#include "policy/checks/wording.h"

#include <fmt/format.h>

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::string_view annotation_prefix = "container.apparmor.security.beta.kubernetes.io/";

bool is_allowed_annotation(std::string_view value) {
    return value.empty() || value == "runtime/default" || value.starts_with("localhost/");
}

void since_1_0(const pod& subject, finding_collector& found) {
    for_each_security_context(subject, [&](const element& where, const security_context& context) {
        if (context.app_armor && !is_confined(*context.app_armor)) {
            found.forbid(
                where,
                "securityContext.appArmorProfile.type",
                unconfined_text("appArmorProfile", *context.app_armor) + ", or remove the profile"
            );
        }
    });
    for (const annotation& given : subject.annotations) {
        if (given.key.starts_with(annotation_prefix) && !is_allowed_annotation(given.value)) {
            found.forbid_annotation(
                element{},
                given.key,
                fmt::format(
                    "must not have the annotation {}{}: {}; remove it, or set it to "
                    "runtime/default "
                    "or localhost/PROFILE",
                    annotation_prefix,
                    shown(given.key.substr(annotation_prefix.size())),
                    shown(given.value)
                )
            );
        }
    }
}

constexpr std::array versions = {check_version{0, since_1_0, {}}};

} // namespace

constinit const check app_armor_profile_check{
    rule_id::app_armor_profile,
    security_level::baseline,
    versions};

} // namespace gatehouse::policy
