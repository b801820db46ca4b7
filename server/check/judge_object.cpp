#include "server/check/judge_object.h"

#include "policy/arena.h"
#include "policy/image_wants.h"
#include "policy/pod/defaults.h"
#include "policy/pod/json_reader.h"
#include "policy/pod/workload.h"
#include "policy/result.h"
#include "policy/text.h"
#include "server/admission/review.h"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::workload_kind;
using simdjson::dom::element;

/// What the API server would call the resource of a kind that has a pod.
struct known_kind {
    std::string_view group;
    std::string_view resource;
    const workload_kind* workload = nullptr; ///< null for a Pod
};

std::string_view group_of(std::string_view api_version) {
    const std::size_t slash = api_version.find('/');
    return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
}

std::optional<known_kind> kind_with_pod(const manifest_object& object) {
    const std::string_view group = group_of(object.api_version);
    if (group.empty() && object.kind == "Pod") {
        return known_kind{"", "pods", nullptr};
    }
    if (const workload_kind* workload = policy::workload_of_kind(group, object.kind)) {
        return known_kind{group, workload->resource, workload};
    }
    return std::nullopt;
}

/// The namespace that the object names; empty where it names none.
policy::result<std::string> namespace_of(element object) {
    policy::arena memory;
    policy::json_reader reader(memory);
    std::string found;
    const policy::json_path root{nullptr, ""};
    reader.fields(
        object,
        root,
        [&](std::string_view key, element value, const policy::json_path& at) {
            if (key != "metadata") {
                return;
            }
            reader.fields(
                value,
                at,
                [&](std::string_view inner, element field, const policy::json_path& where) {
                    if (inner == "namespace") {
                        found = reader.text(field, where).value_or("");
                    }
                }
            );
        }
    );
    if (reader.failed()) {
        return policy::error(
            policy::errc::malformed,
            fmt::format("{}: {}", reader.error().field, reader.error().problem)
        );
    }
    return found;
}

void append_string(std::string& to, std::string_view text) {
    to += '"';
    policy::append_json_escaped(to, text);
    to += '"';
}

/// The review of the object's creation, padded for the parser; `size` is what counts.
struct review_text {
    std::string text;
    std::size_t size = 0;
};

review_text creation_of(
    const manifest_object& object,
    const known_kind& kind,
    std::string_view namespace_name,
    const check_settings& settings
) {
    review_text out;
    std::string& text = out.text;
    text = R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{)"
           R"("uid":"check","operation":"CREATE","resource":{"group":)";
    append_string(text, kind.group);
    text += R"(,"resource":)";
    append_string(text, kind.resource);
    text += R"(},"kind":{"group":)";
    append_string(text, kind.group);
    text += R"(,"kind":)";
    append_string(text, object.kind);
    text += R"(},"namespace":)";
    append_string(text, namespace_name);
    text += R"(,"userInfo":{"username":)";
    append_string(text, settings.user);
    text += R"(,"groups":[)";
    for (const std::string& group : settings.groups) {
        text += &group == &settings.groups.front() ? "" : ",";
        append_string(text, group);
    }
    text += R"(]},"object":)";
    text.append(object.json.data(), object.json.size()).append("}}");
    out.size = text.size();
    text.append(simdjson::SIMDJSON_PADDING, ' ');
    return out;
}

/// The pod, or the pod template, of the review that the parser read last.
element pod_in(const simdjson::dom::parser& parser, const workload_kind* workload) {
    element at = parser.doc.root()["request"]["object"].value();
    if (workload == nullptr) {
        return at;
    }
    for (const std::string_view key : workload->keys) {
        if (!key.empty()) {
            at = at[key].value();
        }
    }
    return at;
}

/// Errors name fields from the object's root.
std::string without_object(std::string_view problem) {
    constexpr std::string_view prefix = "object.";
    return std::string(problem.starts_with(prefix) ? problem.substr(prefix.size()) : problem);
}

bool is_container(policy::element_kind kind) {
    switch (kind) {
    case policy::element_kind::init_container:
    case policy::element_kind::container:
    case policy::element_kind::ephemeral_container:
        return true;
    case policy::element_kind::pod:
    case policy::element_kind::volume:
        return false;
    }
    return false;
}

checked_object checked(
    const std::string& source,
    const manifest_place& place,
    const policy::request& request
) {
    checked_object out;
    out.source = source;
    out.place = place;
    out.kind = request.object_kind;
    out.namespace_name = request.about.namespace_name;
    out.name = request.object_name;
    return out;
}

/// Copies out of the arena what the report keeps.
void fill(checked_object& out, const policy::verdict& verdict) {
    out.allowed = verdict.allowed();
    if (verdict.decision == policy::decision::unmatched) {
        out.note = "no policy matches";
    } else if (verdict.let_through) {
        out.note = "not judged";
    }
    for (const policy::violation& one : verdict.violations) {
        out.violations.push_back({
            .policies = {one.policies.begin(), one.policies.end()},
            .rule = one.rule,
            .action = one.action,
            .container = is_container(one.where.kind) ? std::string(one.where.name) : "",
            .field = one.field,
            .message = one.message,
            .suffix = policies_suffix(one),
        });
    }
    for (const policy::rule_id rule : verdict.not_checked) {
        out.not_checked.emplace_back(id_of(rule));
    }
    out.warnings =
        warnings_of(verdict, policy::subject_text(out.kind, out.namespace_name, out.name));
    out.further_warnings = verdict.further_warnings;
}

} // namespace

object_judge::object_judge(
    const policy::policy_set& policies,
    check_settings settings,
    std::chrono::sys_seconds now
)
    : policies_(policies), settings_(std::move(settings)), now_(now) {}

judged_object object_judge::judge(const std::string& source, const manifest_object& object) {
    return begin(
        source,
        object,
        [this](checked_object& out, const policy::request& request, policy::plan plan) {
            if (known_ == nullptr) {
                fill(out, decide_offline(std::move(plan)));
                return;
            }
            fill(out, decide(std::move(plan), *known_));
            out.identities = identities_of(*request.object, policies_.aliases(), *known_);
        }
    );
}

std::vector<policy::image_want> object_judge::wants(const manifest_object& object) {
    policy::image_wants all;
    (void)begin(
        "",
        object,
        [&](const checked_object&, const policy::request& request, const policy::plan& plan) {
            for (const policy::image_want& one : plan.wants) {
                all.add(one);
            }
            add_identity_wants(
                *request.object,
                policies_.aliases(),
                [&](const policy::element& where) {
                    return plan.begun && plan.begun->denies_image(where);
                },
                all
            );
        }
    );
    return all.take();
}

/// The pod that an object would make, or the object of a review, as far as it is judged without evidence;
/// `end` does the rest.
judged_object object_judge::begin(
    const std::string& source,
    const manifest_object& object,
    const ending& end
) {
    if (object.kind == "AdmissionReview") {
        return begin_review(source, object, end);
    }
    const std::optional<known_kind> kind = kind_with_pod(object);
    if (!kind) {
        return skipped_object{object.kind};
    }
    const auto fail = [&](std::string_view problem) {
        return check_error{source, object.place, std::nullopt, without_object(problem)};
    };
    element root;
    if (const auto failure = parser_.parse(object.json).get(root)) {
        return fail(simdjson::error_message(failure));
    }
    const policy::result<std::string> named = namespace_of(root);
    if (!named) {
        return fail(named.error().detail());
    }
    const std::string& space = named.value().empty() ? settings_.namespace_name : named.value();
    const review_text review = creation_of(object, *kind, space, settings_);
    policy::arena memory;
    decoded_review decoded = decode_review({review.text.data(), review.size}, parser_, memory);
    if (decoded.kind != review_kind::judged) {
        return fail(decoded.problem);
    }
    policy::request& request = decoded.request;
    const bool as_pods = !settings_.as_admission || kind->workload == nullptr;
    request.object = &with_server_defaults(
        *request.object,
        pod_in(parser_, kind->workload),
        as_pods ? policy::defaulted_as::pod : policy::defaulted_as::pod_template,
        memory
    );
    checked_object out = checked(source, object.place, request);
    const auto templates =
        as_pods ? policy::template_judgement::as_pods : policy::template_judgement::as_admission;
    end(out, request, make_plan(request, policies_, now_, templates));
    return out;
}

judged_object object_judge::begin_review(
    const std::string& source,
    const manifest_object& object,
    const ending& end
) {
    policy::arena memory;
    const decoded_review decoded =
        decode_review({object.json.data(), object.json.size()}, parser_, memory);
    switch (decoded.kind) {
    case review_kind::not_a_review:
    case review_kind::unreadable:
        return check_error{source, object.place, std::nullopt, decoded.problem};
    case review_kind::let_through: {
        checked_object out = checked(source, object.place, decoded.request);
        out.allowed = true;
        out.note = "not judged";
        return out;
    }
    case review_kind::judged:
        break;
    }
    checked_object out = checked(source, object.place, decoded.request);
    end(out, decoded.request, make_plan(decoded.request, policies_, now_));
    return out;
}

} // namespace gatehouse::server
