#include "policy/pod/decode_security.h"

namespace gatehouse::policy {
namespace {

using simdjson::dom::element;

std::optional<se_linux_options> read_se_linux(
    json_reader& reader,
    element value,
    const json_path& at
) {
    if (value.is_null()) {
        return std::nullopt;
    }
    se_linux_options out;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "type") {
            out.type = reader.text(field, where).value_or("");
        } else if (key == "user") {
            out.user = reader.text(field, where).value_or("");
        } else if (key == "role") {
            out.role = reader.text(field, where).value_or("");
        }
    });
    return out;
}

std::optional<security_profile> read_profile(
    json_reader& reader,
    element value,
    const json_path& at
) {
    if (value.is_null()) {
        return std::nullopt;
    }
    security_profile out;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "type") {
            out.type = reader.text(field, where).value_or("");
        }
    });
    return out;
}

std::optional<windows_options> read_windows(
    json_reader& reader,
    element value,
    const json_path& at
) {
    if (value.is_null()) {
        return std::nullopt;
    }
    windows_options out;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "hostProcess") {
            out.host_process = reader.boolean(field, where);
        } else if (key == "runAsUserName") {
            out.run_as_user_name = reader.text(field, where);
        }
    });
    return out;
}

std::optional<capabilities> read_capabilities(
    json_reader& reader,
    element value,
    const json_path& at
) {
    if (value.is_null()) {
        return std::nullopt;
    }
    capabilities out;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "add") {
            out.add = reader.texts(field, where);
        } else if (key == "drop") {
            out.drop = reader.texts(field, where);
        }
    });
    return out;
}

/// The fields that pods and containers share.
void read_shared(
    json_reader& reader,
    security_context& out,
    std::string_view key,
    element field,
    const json_path& at
) {
    if (key == "runAsUser") {
        out.run_as_user = reader.id(field, at);
    } else if (key == "runAsGroup") {
        out.run_as_group = reader.id(field, at);
    } else if (key == "runAsNonRoot") {
        out.run_as_non_root = reader.boolean(field, at);
    } else if (key == "seLinuxOptions") {
        out.se_linux = read_se_linux(reader, field, at);
    } else if (key == "seccompProfile") {
        out.seccomp = read_profile(reader, field, at);
    } else if (key == "appArmorProfile") {
        out.app_armor = read_profile(reader, field, at);
    } else if (key == "windowsOptions") {
        out.windows = read_windows(reader, field, at);
    }
}

std::string_view read_sysctl_name(json_reader& reader, element value, const json_path& at) {
    std::string_view name;
    if (!value.is_object()) {
        reader.fail(at, "must be an object");
    }
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "name") {
            name = reader.text(field, where).value_or("");
        }
    });
    return name;
}

} // namespace

pod_security_context read_pod_security(json_reader& reader, element value, const json_path& at) {
    pod_security_context out;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "fsGroup") {
            out.fs_group = reader.id(field, where);
        } else if (key == "supplementalGroups") {
            out.supplemental_groups = reader.items<std::int64_t>(
                field,
                where,
                [&](element item, const json_path& item_at) {
                    const auto id = reader.id(item, item_at);
                    if (!id) {
                        reader.fail(item_at, "must be a whole number");
                    }
                    return id.value_or(0);
                }
            );
        } else if (key == "supplementalGroupsPolicy") {
            out.supplemental_groups_policy = reader.text(field, where);
        } else if (key == "sysctls") {
            out.sysctls = reader.items<std::string_view>(
                field,
                where,
                [&](element item, const json_path& item_at) {
                    return read_sysctl_name(reader, item, item_at);
                }
            );
        } else {
            read_shared(reader, out, key, field, where);
        }
    });
    return out;
}

container_security_context read_container_security(
    json_reader& reader,
    element value,
    const json_path& at
) {
    container_security_context out;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "privileged") {
            out.privileged = reader.boolean(field, where);
        } else if (key == "allowPrivilegeEscalation") {
            out.allow_privilege_escalation = reader.boolean(field, where);
        } else if (key == "procMount") {
            out.proc_mount = reader.text(field, where);
        } else if (key == "capabilities") {
            out.capabilities = read_capabilities(reader, field, where);
        } else {
            read_shared(reader, out, key, field, where);
        }
    });
    return out;
}

} // namespace gatehouse::policy
