#include "server/certificates/status_text.h"

#include "policy/text.h"
#include "server/time_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iterator>
#include <string_view>

namespace gatehouse::server {
namespace {

std::string_view state_of(const certificate_facts& one, wall_time now) {
    if (one.has_ended(now)) {
        return "ended";
    }
    if (now < one.not_before) {
        return "not valid yet";
    }
    return now >= one.due() ? "due" : "valid";
}

void append_dates(std::string& to, const certificate_facts& one, wall_time now) {
    fmt::format_to(
        std::back_inserter(to),
        "  {}: from {} until {}, renewed from {}\n",
        state_of(one, now),
        utc_text(one.not_before),
        utc_text(one.not_after),
        utc_text(one.due())
    );
}

nlohmann::json json_of(const certificate_facts& one, wall_time now) {
    return {
        {"subject", one.subject},
        {"state", state_of(one, now)},
        {"notBefore", utc_text(one.not_before)},
        {"notAfter", utc_text(one.not_after)},
        {"renewedFrom", utc_text(one.due())}};
}

} // namespace

std::string status_as_text(
    const secret_contents& contents,
    const examined_contents& found,
    wall_time now
) {
    std::string out = fmt::format("phase {}", name_of(found.phase()));
    if (!contents.since.empty()) {
        out += " since " + policy::printable(contents.since);
    }
    if (!contents.rotate.empty()) {
        out += ", asked to renew: " + policy::printable(contents.rotate);
    }
    out += "\ncertificate " + found.leaf.subject + "\n";
    append_dates(out, found.leaf, now);
    out += "  names: " + policy::joined(found.names, 20) + "\n";
    for (std::size_t i = 0; i < found.authorities.size(); ++i) {
        const bool is_issuer = i == found.issuer;
        out += "authority " + found.authorities[i].subject
               + (is_issuer ? ", by which the certificate is\n" : "\n");
        append_dates(out, found.authorities[i], now);
    }
    return out;
}

std::string status_as_json(
    const secret_contents& contents,
    const examined_contents& found,
    wall_time now
) {
    nlohmann::json certificate = json_of(found.leaf, now);
    certificate["names"] = found.names;
    nlohmann::json authorities = nlohmann::json::array();
    for (std::size_t i = 0; i < found.authorities.size(); ++i) {
        authorities.push_back(json_of(found.authorities[i], now));
        authorities.back()["isIssuer"] = i == found.issuer;
    }
    const nlohmann::json all{
        {"phase", name_of(found.phase())},
        {"phaseSince", policy::printable(contents.since)},
        {"rotate", policy::printable(contents.rotate)},
        {"certificate", std::move(certificate)},
        {"authorities", std::move(authorities)}};
    return all.dump(2) + "\n";
}

} // namespace gatehouse::server
