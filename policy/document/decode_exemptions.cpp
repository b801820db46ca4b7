#include "policy/document/decode.h"
#include "policy/document/forms.h"

namespace gatehouse::policy {
namespace {

exemption decode_exemption(const section& from) {
    exemption out;
    out.name = from.text("name").value_or("");
    out.images = decode_patterns(from, "images", pattern_use::permit);
    out.namespaces = decode_globs(from, "namespaces");
    out.rules = decode_rules(from, "rules");
    if (const std::optional<std::string> until = from.text("until")) {
        out.until = day_named(*until); // nothing is `never`
    }
    out.reason = from.text("reason").value_or("");
    if (!from.has("images") && !from.has("namespaces")) {
        from.error("needs images or namespaces, else it lifts its rules everywhere");
    }
    return out;
}

} // namespace

std::vector<exemption> decode_exemptions(const section& spec) {
    return decode_named(spec, "exemptions", "exemption", decode_exemption);
}

} // namespace gatehouse::policy
