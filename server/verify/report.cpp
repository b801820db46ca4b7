#include "server/verify/report.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::server {
namespace {

using policy::failure_cause;
using policy::requirement_answer;
using policy::signature_standing;

verify_status status_of(const requirement_answer& one) {
    switch (one.signature.standing) {
    case signature_standing::not_signed:
        return verify_status::no_signature;
    case signature_standing::not_by_signers:
        return verify_status::no_matching_signature;
    case signature_standing::unknown: {
        const policy::fetch_failure* why = one.signature.failure;
        const bool is_gone = why != nullptr && why->cause == failure_cause::not_found;
        return is_gone ? verify_status::no_such_tag : verify_status::other;
    }
    case signature_standing::satisfied: // then it is its tag
    case signature_standing::refused:
        return verify_status::other;
    }
    return verify_status::other;
}

/// What whoever sits at a keyboard can do, where the failure does not say so itself.
std::string_view advice_for(failure_cause cause) {
    switch (cause) {
    case failure_cause::dns:
        return "; check the name of the registry";
    case failure_cause::connect:
        return "; check that the registry can be reached from here";
    case failure_cause::tls_handshake:
        return "; a registry without TLS is listed in --config FILE with plainHTTP: true";
    case failure_cause::bad_certificate:
    case failure_cause::unauthorized:
    case failure_cause::forbidden:
    case failure_cause::forbidden_address:
        return " (--config FILE)";
    case failure_cause::not_found:
        return "; check the name, and whether credentials are needed";
    case failure_cause::throttled:
    case failure_cause::server_error:
    case failure_cause::too_many_lookups:
        return "; try again";
    case failure_cause::timeout: // says it
    case failure_cause::malformed:
    case failure_cause::too_large:
        return "";
    }
    return "";
}

} // namespace

verify_status status_of(const image_report& report) {
    const auto failed = std::ranges::find(report.answers, false, &requirement_answer::is_satisfied);
    if (failed != report.answers.end()) {
        return status_of(*failed);
    }
    const bool is_selected = std::ranges::any_of(report.answers, [](const requirement_answer& one) {
        return one.entry != nullptr;
    });
    return is_selected ? verify_status::verified : verify_status::other;
}

std::string name_of(const requirement_answer& one) {
    return fmt::format(
        "{}/{}", one.policy->name, one.entry == nullptr ? "unsignedImages" : one.entry->name
    );
}

std::string problem_of(const requirement_answer& one) {
    if (!one.signature.found) {
        return one.by_tag ? one.by_tag->text : std::string();
    }
    const policy::fetch_failure* why = one.signature.failure;
    return one.signature.found->text
           + std::string(why == nullptr ? std::string_view() : advice_for(why->cause));
}

std::string_view head_of(verify_status status) {
    switch (status) {
    case verify_status::no_signature:
        return "no signatures found: ";
    case verify_status::no_such_tag:
        return "no such tag: ";
    case verify_status::no_matching_signature:
        return "no matching signatures: ";
    case verify_status::verified:
    case verify_status::other:
        return "";
    }
    return "";
}

} // namespace gatehouse::server
