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

/// Whether the configuration of a server, which the command reads where it is given one, may mend it.
bool is_of_configuration(failure_cause cause) {
    switch (cause) {
    case failure_cause::tls_handshake:
    case failure_cause::bad_certificate:
    case failure_cause::unauthorized:
    case failure_cause::forbidden:
    case failure_cause::forbidden_address:
        return true;
    case failure_cause::dns:
    case failure_cause::connect:
    case failure_cause::not_found:
    case failure_cause::throttled:
    case failure_cause::server_error:
    case failure_cause::timeout:
    case failure_cause::malformed:
    case failure_cause::too_large:
    case failure_cause::too_many_lookups:
        return false;
    }
    return false;
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
           + (why != nullptr && is_of_configuration(why->cause) ? " (--config FILE)" : "");
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
