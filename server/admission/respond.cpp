#include "server/admission/respond.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace gatehouse::server {
namespace {

constexpr std::size_t longest_annotation = 10'000; // the API server's own policies may write 10 KiB

void append_string(std::string& out, std::string_view text) {
    out += '"';
    policy::append_json_escaped(out, text);
    out += '"';
}

/// Everything up to and including `"allowed":...`.
std::string opening(const addressee& to, bool allowed, std::size_t images = 0) {
    constexpr std::size_t usual_size = 512;
    constexpr std::size_t usual_image = 256; // a reference with its digest, and the digest again
    std::string out;
    out.reserve(usual_size + images * usual_image);
    out.append(R"({"kind":"AdmissionReview","apiVersion":")").append(to.api_version);
    out.append(R"(","response":{"uid":)");
    append_string(out, to.uid);
    out.append(R"(,"allowed":)").append(allowed ? "true" : "false");
    return out;
}

std::string closed(std::string out) { return out.append("}}"); }

/// `,"key":"a,b,c"`, cut behind a whole item.
template <class Items>
void append_list_annotation(std::string& out, std::string_view key, const Items& items) {
    out.append(",\"").append(key).append("\":\"");
    const std::size_t begin = out.size();
    for (const std::string_view item : items) {
        if (out.size() - begin + item.size() + 1 > longest_annotation) {
            break;
        }
        if (out.size() != begin) {
            out += ',';
        }
        policy::append_json_escaped(out, item);
    }
    out += '"';
}

std::vector<std::string> sorted_without_repetitions(std::vector<std::string> items) {
    std::ranges::sort(items);
    items.erase(std::ranges::unique(items).begin(), items.end());
    return items;
}

std::vector<std::string> violated_rules(const policy::verdict& verdict) {
    std::vector<std::string> rules;
    for (const policy::violation& one : verdict.violations) {
        for (const std::string_view name : one.policies) {
            rules.push_back(fmt::format("{}/{}", name, policy::id_of(one.rule)));
        }
    }
    return sorted_without_repetitions(std::move(rules));
}

std::vector<std::string> used_exemptions(const policy::verdict& verdict) {
    std::vector<std::string> used;
    used.reserve(verdict.exemptions.size());
    for (const policy::exemption_use& one : verdict.exemptions) {
        used.push_back(fmt::format("{}/{}", one.policy, one.exemption));
    }
    return sorted_without_repetitions(std::move(used));
}

std::vector<std::string> unverified_images(const policy::verdict& verdict) {
    std::vector<std::string> used;
    for (const policy::unverified_use& one : verdict.unverified) {
        used.push_back(fmt::format("{}/{}={}", one.policy, one.image, name_of(one.cause)));
    }
    return used;
}

std::vector<std::string> resolved_images(const policy::verdict& verdict) {
    std::vector<std::string> resolved;
    resolved.reserve(verdict.images.size());
    for (const policy::resolved_image& one : verdict.images) {
        std::string& item = resolved.emplace_back();
        item.reserve(one.image.size() + one.digest.size() + 1);
        item.append(one.image).append("=").append(one.digest);
    }
    return resolved;
}

void append_annotations(std::string& out, const policy::verdict& verdict) {
    out.append(R"(,"auditAnnotations":{"decision":")");
    out.append(verdict.allowed() ? "allow" : "deny").append("\"");
    append_list_annotation(out, "policies", verdict.policies);
    if (!verdict.violations.empty()) {
        append_list_annotation(out, "violations", violated_rules(verdict));
    }
    if (!verdict.exemptions.empty()) {
        append_list_annotation(out, "exemptions", used_exemptions(verdict));
    }
    if (!verdict.images.empty()) {
        append_list_annotation(out, "images", resolved_images(verdict));
    }
    if (!verdict.unverified.empty()) {
        append_list_annotation(out, "unverified", unverified_images(verdict));
    }
    out += '}';
}

void append_warnings(std::string& out, const policy::verdict& verdict, std::string_view subject) {
    const std::vector<std::string> warnings = warnings_of(verdict, subject);
    if (warnings.empty()) {
        return;
    }
    out.append(R"(,"warnings":[)");
    for (const std::string& warning : warnings) {
        if (&warning != &warnings.front()) {
            out += ',';
        }
        append_string(out, warning);
    }
    out += ']';
}

void append_causes(std::string& out, const policy::verdict& verdict) {
    out.append(R"("causes":[)");
    bool first = true;
    for (const policy::violation& one : verdict.violations) {
        if (one.action != policy::action::deny) {
            continue;
        }
        out.append(first ? "" : ",").append(R"({"reason":")").append(name_of(one.reason));
        out.append(R"(","message":)");
        append_string(out, one.message + policies_suffix(one));
        out.append(R"(,"field":)");
        append_string(out, one.field);
        out += '}';
        first = false;
    }
    out += ']';
}

void append_status(
    std::string& out,
    unsigned code,
    std::string_view reason,
    std::string_view message
) {
    fmt::format_to(
        std::back_inserter(out),
        R"(,"status":{{"status":"Failure","code":{},"reason":"{}","message":)",
        code,
        reason
    );
    append_string(out, message);
}

} // namespace

std::string respond_let_through(const addressee& to) {
    return closed(opening(to, true).append(R"(,"auditAnnotations":{"decision":"allow"})"));
}

std::string respond_verdict(
    const addressee& to,
    const policy::verdict& verdict,
    const policy::request& request
) {
    std::string out = opening(to, verdict.allowed(), verdict.images.size());
    append_annotations(out, verdict);
    if (verdict.violations.empty() && verdict.further_warnings.empty()) {
        return closed(std::move(out));
    }
    const std::string subject = policy::subject_text(
        request.object_kind, request.about.namespace_name, request.object_name
    );
    append_warnings(out, verdict, subject);
    if (!verdict.allowed()) {
        append_status(out, 403, "Forbidden", denial_message(verdict, subject));
        out.append(R"(,"details":{"name":)");
        append_string(out, policy::printable(request.object_name));
        out.append(R"(,"kind":)");
        append_string(out, policy::printable(request.about.resource.resource));
        out += ',';
        append_causes(out, verdict);
        out.append("}}");
    }
    return closed(std::move(out));
}

std::string respond_error(const addressee& to, unsigned code, std::string_view message) {
    std::string out = opening(to, false);
    out.append(R"(,"auditAnnotations":{"decision":"deny"})");
    append_status(out, code, code == 400 ? "BadRequest" : "InternalError", message);
    out += '}';
    return closed(std::move(out));
}

} // namespace gatehouse::server
