#include "server/identity_json.h"

namespace gatehouse::server {
namespace {

using json = nlohmann::ordered_json;

json id_json(const shown_id& one) {
    json out;
    out["id"] = one.id ? json(*one.id) : json();
    out[one.id ? "source" : "problem"] = one.source;
    return out;
}

} // namespace

json json_of(const shown_identity& one) {
    json out;
    if (!one.noun.empty()) {
        out["container"] = one.container;
    }
    out["image"] = one.image;
    out["platforms"] = one.platforms;
    if (!one.problem.empty()) {
        out["problem"] = one.problem;
        return out;
    }
    out["user"] = id_json(one.user);
    out["group"] = id_json(one.group);
    out["groups"] = json::array();
    for (const shown_group& group : one.groups) {
        json added;
        added["id"] = group.id;
        if (!group.name.empty()) {
            added["name"] = group.name;
        }
        out["groups"].push_back(std::move(added));
    }
    if (!one.groups_problem.empty()) {
        out["groupsProblem"] = one.groups_problem;
    }
    if (!one.refusal.empty()) {
        out["refusal"] = one.refusal;
    }
    return out;
}

} // namespace gatehouse::server
