#pragma once
// The AdmissionPolicy document as a value (interface 2): what a user wrote, checked and with the
// defaults filled in. Made by parse.h only; evaluated by decide.h through a policy_set.

#include "policy/checks/level.h"
#include "policy/image/allowlist.h"
#include "policy/rule.h"
#include "policy/signature/public_key.h"
#include "policy/yaml/tree.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::policy {

/// validationActions, as in ValidatingAdmissionPolicyBinding. Deny with Warn is refused by the
/// parser.
struct actions {
    bool deny = false;
    bool warn = false;
    bool audit = false;
    bool operator==(const actions&) const = default;
};

enum class template_mode : std::uint8_t { deny, warn, ignore };

struct match_rules {
    std::vector<std::string> namespaces; ///< globs; empty = every namespace
    std::vector<std::string> exclude_namespaces;
    std::vector<std::string> service_accounts; ///< globs over namespace/name; empty = every account
    std::vector<std::string> exclude_users;
    std::vector<std::string> exclude_groups;
};

struct id_range {
    std::int64_t min = 0; ///< inclusive, 0..2147483647
    std::int64_t max = 0; ///< inclusive, >= min
    bool operator==(const id_range&) const = default;
};

enum class id_rule : std::uint8_t { must_run_as, must_run_as_non_root, may_run_as, run_as_any };

/// A rule over ids; ranges are non-empty exactly for must_run_as and may_run_as.
struct id_strategy {
    id_rule rule = id_rule::run_as_any;
    std::vector<id_range> ranges;
};

struct run_as_section {
    std::optional<actions> validation_actions;
    std::optional<id_strategy> run_as_user; ///< absent = not judged
    std::optional<id_strategy> run_as_group;
    std::optional<id_strategy> fs_group;
    std::optional<id_strategy> supplemental_groups;
    bool demand_strict_supplemental_groups = false; ///< supplementalGroupsPolicy: Strict
    bool resolve_image_user = false;                ///< imageUser: Resolve
    bool relax_user_namespaces = false;             ///< userNamespaces: Relax
};

struct images_section {
    std::optional<actions> validation_actions;
    std::optional<image_patterns> allow; ///< absent = every registry; never empty where present
    image_patterns deny;
    bool require_digest = false;
    std::vector<std::string> deny_tags; ///< globs
};

struct pod_security_section {
    std::optional<actions> validation_actions;
    security_level level = security_level::privileged;
    security_version version; ///< as written
    std::vector<rule_id> exempt_checks;
};

/// `static`: decided without any network call.
enum class static_decision : std::uint8_t { pass, fail };

/// A key as the policy names it: a file, or PEM in the policy itself. Exactly one of both is set.
struct signing_key {
    std::string file;
    std::string data;
    std::optional<hash_algorithm> hash;
    std::string source; ///< where it stands, for errors of its file: "policy.yaml"
    position at;
    std::string field; ///< "spec.signatures[0].authorities[0].keys[1].file"
    /// Set by the parser for `data`, by bind_keys() (bind.h) for `file`; a policy that judges has all.
    std::shared_ptr<const public_key> key;
};

/// One signer, however many keys it has; either keys or a static decision.
struct authority {
    std::string name;
    std::vector<signing_key> keys;
    std::optional<static_decision> fixed;
};

/// What an image named by tag only gets (interface 2.4).
enum class tag_mode : std::uint8_t { deny, warn, allow };

struct signature_entry {
    std::string name;
    std::optional<actions> validation_actions;
    image_patterns images; ///< never empty
    image_patterns exclude_images;
    tag_mode tags = tag_mode::deny;
    std::size_t threshold = 1; ///< of different authorities
    std::vector<authority> authorities;
    bool match_repository = false; ///< signedIdentity: MatchRepository
    std::string
        repository; ///< canonical registry/repository of signatures; empty = the image's own
    std::vector<std::pair<std::string, std::string>> annotations; ///< all must be signed
};

/// What an image gets that no signatures entry of its policy selects.
enum class unsigned_images : std::uint8_t { allow, warn, deny };

/// What an outage of a listed registry means (interface 2.6).
enum class on_unavailable : std::uint8_t { deny, warn };

struct exemption {
    std::string name;
    image_patterns images; ///< empty = findings of the whole pod, pod-level ones included
    std::vector<std::string> namespaces; ///< globs; empty = every namespace
    std::vector<rule_id> rules;          ///< never empty
    /// Last day (UTC) on which it holds; absent = `never` ends.
    std::optional<std::chrono::sys_days> until;
    std::string reason;
};

struct policy_document {
    std::string name;
    actions validation_actions{.deny = true, .warn = false, .audit = false};
    template_mode workloads = template_mode::warn;
    match_rules match;
    std::optional<pod_security_section> pod_security;
    std::optional<run_as_section> run_as;
    std::optional<images_section> images;
    std::vector<signature_entry> signatures;
    unsigned_images unsigned_image = unsigned_images::allow;
    on_unavailable on_registry_unavailable = on_unavailable::deny;
    std::vector<exemption> exemptions;
    std::string hash; ///< hex of SHA-256 over the document's text, for gatehouse_policy_info
};

} // namespace gatehouse::policy
