#include "server/check/render.h"
#include "server/identity_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace gatehouse::server {
namespace {

using json = nlohmann::ordered_json; // fields in the order of the interface

void add_place(json& to, const manifest_place& place) {
    to["document"] = place.document;
    if (place.item) {
        to["item"] = *place.item;
    }
}

json violation_json(const checked_violation& one) {
    json out;
    out["policies"] = one.policies;
    out["rule"] = policy::id_of(one.rule);
    out["action"] = name_of(one.action);
    if (!one.container.empty()) {
        out["container"] = one.container;
    }
    out["field"] = one.field;
    out["message"] = one.message;
    return out;
}

json result_json(const checked_object& one) {
    json out;
    out["source"] = one.source;
    add_place(out, one.place);
    out["kind"] = one.kind;
    out["namespace"] = one.namespace_name;
    out["name"] = one.name;
    out["allowed"] = one.allowed;
    out["violations"] = json::array();
    for (const checked_violation& violation : one.violations) {
        out["violations"].push_back(violation_json(violation));
    }
    out["warnings"] = one.warnings;
    out["notChecked"] = one.not_checked;
    if (!one.identities.empty()) {
        out["identities"] = json::array();
        for (const shown_identity& identity : one.identities) {
            out["identities"].push_back(json_of(identity));
        }
    }
    return out;
}

json error_json(const check_error& one) {
    json out;
    out["source"] = one.source;
    if (one.place) {
        add_place(out, *one.place);
    }
    out["message"] =
        one.at ? fmt::format("line {}, column {}: {}", one.at->line, one.at->column, one.message)
               : one.message;
    return out;
}

} // namespace

std::string check_json(const check_report& report) {
    json out;
    out["results"] = json::array();
    for (const checked_object& one : report.results) {
        out["results"].push_back(result_json(one));
    }
    out["errors"] = json::array();
    for (const check_error& one : report.errors) {
        out["errors"].push_back(error_json(one));
    }
    out["summary"]["judged"] = report.results.size();
    out["summary"]["denied"] = std::ranges::count(report.results, false, &checked_object::allowed);
    out["summary"]["skipped"] = report.skipped.size();
    // Names of files need not be UTF-8.
    return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

} // namespace gatehouse::server
