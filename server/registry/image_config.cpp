#include "server/registry/image_config.h"

#include "policy/user/image_users.h"
#include "server/registry/json_keys.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <optional>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;
using simdjson::dom::element;

/// The one field of that name that is not null, if any. `wanted` is in lower case.
policy::result<std::optional<element>> find(simdjson::dom::object from, std::string_view wanted) {
    std::optional<element> found;
    for (const auto field : from) {
        if (folded_key(field.key) != wanted) {
            continue;
        }
        if (found) {
            return error(errc::malformed, fmt::format("has {} twice", wanted));
        }
        found = field.value;
    }
    if (found && found->is_null()) {
        found.reset();
    }
    return found;
}

policy::result<std::string> text_in(simdjson::dom::object from, std::string_view wanted) {
    GATEHOUSE_TRY(const auto field, find(from, wanted));
    if (!field) {
        return std::string();
    }
    std::string_view text;
    if (field->get(text) != simdjson::SUCCESS) {
        return error(errc::malformed, fmt::format("has {} that is no text", wanted));
    }
    return std::string(text);
}

} // namespace

policy::result<image_config> parse_image_config(std::string_view body) {
    simdjson::dom::parser parser;
    simdjson::dom::object root;
    if (body.size() > longest_image_config
        || parser.parse(simdjson::padded_string(body)).get(root) != simdjson::SUCCESS) {
        return error(errc::malformed, "is not a JSON object");
    }
    image_config made;
    GATEHOUSE_TRY(made.os, text_in(root, "os"));
    GATEHOUSE_TRY(made.architecture, text_in(root, "architecture"));
    GATEHOUSE_TRY(made.variant, text_in(root, "variant"));
    GATEHOUSE_TRY(const auto config, find(root, "config"));
    if (!config) {
        return made;
    }
    simdjson::dom::object settings;
    if (config->get(settings) != simdjson::SUCCESS) {
        return error(errc::malformed, "has config that is no object");
    }
    GATEHOUSE_TRY(made.user, text_in(settings, "user"));
    if (made.user.size() > policy::longest_user) {
        return error(
            errc::too_large, fmt::format("has a User of more than {} bytes", policy::longest_user)
        );
    }
    return made;
}

} // namespace gatehouse::server
