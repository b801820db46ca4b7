#include "server/admission/envelope.h"

#include <algorithm>

namespace gatehouse::server {
namespace {

using policy::json_path;
using policy::json_reader;
using simdjson::dom::element;

struct group_and_name {
    std::string_view group;
    std::string_view name;
};

/// GroupVersionKind and GroupVersionResource, which differ in the key of the name.
group_and_name read_names(
    json_reader& reader,
    element value,
    const json_path& at,
    std::string_view name_key
) {
    group_and_name out;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "group") {
            out.group = reader.text(field, where).value_or("");
        } else if (key == name_key) {
            out.name = reader.text(field, where).value_or("");
        }
    });
    return out;
}

void read_user(json_reader& reader, policy::attributes& about, element value, const json_path& at) {
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "username") {
            about.user = reader.text(field, where).value_or("");
        } else if (key == "groups") {
            about.groups = reader.texts(field, where);
        }
    });
}

void read_attribute(
    json_reader& reader,
    envelope& out,
    std::string_view key,
    element field,
    const json_path& at
) {
    policy::attributes& about = out.about;
    if (key == "operation") {
        out.operation = reader.text(field, at).value_or("");
    } else if (key == "name") {
        about.name = reader.text(field, at).value_or("");
    } else if (key == "namespace") {
        about.namespace_name = reader.text(field, at).value_or("");
    } else if (key == "subResource") {
        about.sub_resource = reader.text(field, at).value_or("");
    } else if (key == "resource") {
        const group_and_name names = read_names(reader, field, at, "resource");
        about.resource = {names.group, names.name};
    } else if (key == "kind") {
        const group_and_name names = read_names(reader, field, at, "kind");
        about.kind_group = names.group;
        about.kind = names.name;
    } else if (key == "userInfo") {
        read_user(reader, about, field, at);
    }
}

bool is_controller(json_reader& reader, element owner, const json_path& at) {
    bool controls = false;
    reader.fields(owner, at, [&](std::string_view key, element value, const json_path& where) {
        if (key == "controller") {
            controls = reader.boolean(value, where).value_or(false);
        }
    });
    return controls;
}

} // namespace

envelope read_envelope(json_reader& reader, element request, const json_path& at) {
    envelope out;
    reader.fields(request, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "uid") {
            out.uid = field;
        } else if (key == "object") {
            out.object = field;
        } else if (key == "oldObject") {
            out.old_object = field;
        } else {
            read_attribute(reader, out, key, field, where);
        }
    });
    if (!out.uid) {
        element uid;
        if (request.at_key("uid").get(uid) == simdjson::SUCCESS) {
            out.uid = uid;
        }
    }
    return out;
}

std::optional<policy::operation> operation_named(std::string_view name) noexcept {
    if (name == "CREATE") {
        return policy::operation::create;
    }
    if (name == "UPDATE") {
        return policy::operation::update;
    }
    if (name == "DELETE") {
        return policy::operation::remove;
    }
    if (name == "CONNECT") {
        return policy::operation::connect;
    }
    return std::nullopt;
}

object_head read_head(json_reader& reader, element object, const json_path& at) {
    object_head out;
    const auto read = [&](std::string_view key, element field, const json_path& where) {
        if (key == "name") {
            out.name = reader.text(field, where).value_or("");
        } else if (key == "generateName") {
            out.generate_name = reader.text(field, where).value_or("");
        } else if (key == "ownerReferences") {
            const auto owners =
                reader.items<bool>(field, where, [&](element owner, const json_path& owner_at) {
                    return is_controller(reader, owner, owner_at);
                });
            out.has_controller = std::ranges::find(owners, true) != owners.end();
        }
    };
    reader.fields(object, at, [&](std::string_view key, element value, const json_path& where) {
        if (key == "metadata") {
            reader.fields(value, where, read);
        }
    });
    return out;
}

} // namespace gatehouse::server
