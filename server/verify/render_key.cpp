#include "policy/text.h"
#include "server/verify/payload.h"
#include "server/verify/render.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iterator>

namespace gatehouse::server {
namespace {

std::string checks_text(const image_report& report, const policy::signature_entry& entry) {
    std::string out = fmt::format("\nVerification for {} --\n", policy::one_line(report.image));
    out += "Each signature below has passed these checks:\n";
    out += fmt::format(
        "  - it was made with the key in {}\n",
        policy::one_line(entry.authorities.front().keys.front().file)
    );
    out += fmt::format("  - it is of this image, {}\n", report.digest->text());
    for (const auto& [key, value] : entry.annotations) {
        out += fmt::format(
            "  - it has the annotation {}\n",
            policy::plain_or_quoted(fmt::format("{}={}", key, value))
        );
    }
    out += "No transparency log was looked at.\n";
    return out;
}

} // namespace

verify_text render_by_key(const image_report& report, verify_output form) {
    const policy::requirement_answer& only = report.answers.front();
    const verify_status status = status_of(report);
    if (status != verify_status::verified) {
        return {"", fmt::format("gatehouse verify: {}{}\n", head_of(status), problem_of(only))};
    }
    verify_text out{"", checks_text(report, *only.entry)};
    for (const shown_identity& one : report.identities) {
        out.err += fmt::format("It {}{}\n", head_of(one), line_of(one));
    }
    nlohmann::ordered_json payloads = nlohmann::ordered_json::array();
    for (const policy::authority_standing& signer : only.signature.authorities) {
        for (const policy::verified_signature* one : signer.signatures) {
            payloads.push_back(payload_of(*one, report.image));
        }
    }
    switch (form) {
    case verify_output::json:
        out.out = fmt::format("\n{}\n", line_of(payloads));
        break;
    case verify_output::text:
        for (const auto& one : payloads) {
            out.out += line_of(one) + '\n';
        }
        break;
    }
    return out;
}

} // namespace gatehouse::server
