#include "policy/pod/decode.h"

#include "policy/pod/decode_container.h"
#include "policy/pod/decode_security.h"
#include "policy/pod/json_reader.h"

#include <array>

namespace gatehouse::policy {
namespace {

using simdjson::dom::element;

/// The annotations that some check reads.
bool is_read_annotation(std::string_view key) {
    return key == mirror_annotation || key == "seccomp.security.alpha.kubernetes.io/pod"
           || key.starts_with("container.seccomp.security.alpha.kubernetes.io/")
           || key.starts_with("container.apparmor.security.beta.kubernetes.io/");
}

list<annotation> read_annotations(json_reader& reader, element value, const json_path& at) {
    std::size_t count = 0;
    reader.fields(value, at, [&](std::string_view key, element, const json_path&) {
        count += is_read_annotation(key) ? 1U : 0U;
    });
    if (count == 0 || reader.failed()) {
        return {};
    }
    if (count > most_list_items) {
        reader.fail(at, "has more than 1000 security annotations");
        return {};
    }
    const std::span<annotation> kept = reader.memory().make_array<annotation>(count);
    std::size_t next = 0;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (is_read_annotation(key)) {
            kept[next++] = {reader.memory().copy(key), reader.text(field, where).value_or("")};
        }
    });
    return {kept.data(), kept.size()};
}

volume read_volume(json_reader& reader, element value, const json_path& at) {
    volume out;
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) {
        reader.fail(at, "must be an object");
        return out;
    }
    const std::span<std::string_view> sources =
        reader.memory().make_array<std::string_view>(object.size());
    std::size_t count = 0;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "name") {
            out.name = reader.text(field, where).value_or("");
            return;
        }
        if (field.is_null() || count == sources.size()) {
            return;
        }
        sources[count++] = reader.memory().copy(key);
        if (key != "image") {
            return;
        }
        out.image_reference = "";
        reader.fields(
            field,
            where,
            [&](std::string_view inner, element reference, const json_path& inner_at) {
                if (inner == "reference") {
                    out.image_reference = reader.text(reference, inner_at).value_or("");
                }
            }
        );
    });
    out.sources = {sources.data(), count};
    return out;
}

list<container> read_containers(json_reader& reader, element value, const json_path& at) {
    return reader.items<container>(value, at, [&](element item, const json_path& where) {
        return read_container(reader, item, where);
    });
}

void read_host_field(
    json_reader& reader,
    pod& out,
    std::string_view key,
    element field,
    const json_path& at
) {
    if (key == "hostNetwork") {
        out.host_network = reader.boolean(field, at).value_or(false);
    } else if (key == "hostPID") {
        out.host_pid = reader.boolean(field, at).value_or(false);
    } else if (key == "hostIPC") {
        out.host_ipc = reader.boolean(field, at).value_or(false);
    } else if (key == "hostUsers") {
        out.host_users = reader.boolean(field, at);
    }
}

/// Of the labels that a node must have.
std::string_view read_architecture(json_reader& reader, element value, const json_path& at) {
    std::string_view out;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "kubernetes.io/arch") {
            out = reader.text(field, where).value_or("");
        }
    });
    return out;
}

void read_spec(json_reader& reader, pod& out, element value, const json_path& at) {
    std::string_view deprecated_account;
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "containers") {
            out.containers = read_containers(reader, field, where);
        } else if (key == "initContainers") {
            out.init_containers = read_containers(reader, field, where);
        } else if (key == "ephemeralContainers") {
            out.ephemeral_containers = read_containers(reader, field, where);
        } else if (key == "volumes") {
            out.volumes =
                reader.items<volume>(field, where, [&](element item, const json_path& item_at) {
                    return read_volume(reader, item, item_at);
                });
        } else if (key == "securityContext") {
            out.security = read_pod_security(reader, field, where);
        } else if (key == "os") {
            reader.fields(
                field,
                where,
                [&](std::string_view inner, element name, const json_path& name_at) {
                    if (inner == "name") {
                        out.os_name = reader.text(name, name_at).value_or("");
                    }
                }
            );
        } else if (key == "serviceAccountName") {
            out.service_account_name = reader.text(field, where).value_or("");
        } else if (key == "serviceAccount") {
            deprecated_account = reader.text(field, where).value_or("");
        } else if (key == "nodeName") {
            out.node_name = reader.text(field, where).value_or("");
        } else if (key == "nodeSelector") {
            out.architecture = read_architecture(reader, field, where);
        } else {
            read_host_field(reader, out, key, field, where);
        }
    });
    if (out.service_account_name.empty()) {
        out.service_account_name = deprecated_account;
    }
}

} // namespace

decoded_pod decode_pod(element object, std::string_view path, arena& memory) {
    json_reader reader(memory);
    const json_path root{nullptr, path};
    pod& out = memory.make<pod>();
    bool has_spec = false;
    if (!object.is_object()) {
        reader.fail(root, "must be an object");
    }
    reader.fields(object, root, [&](std::string_view key, element field, const json_path& at) {
        if (key == "metadata") {
            reader.fields(
                field,
                at,
                [&](std::string_view inner, element value, const json_path& where) {
                    if (inner == "annotations") {
                        out.annotations = read_annotations(reader, value, where);
                    }
                }
            );
        } else if (key == "spec") {
            has_spec = !field.is_null();
            read_spec(reader, out, field, at);
        }
    });
    if (!reader.failed() && !has_spec) {
        reader.fail(root.field("spec"), "must be an object");
    }
    if (!reader.failed() && out.containers.empty()) {
        // The API server demands at least one; an empty list here means that we did not understand
        // it.
        const json_path spec = root.field("spec");
        reader.fail(spec.field("containers"), "must have at least one container");
    }
    if (reader.failed()) {
        return {.value = nullptr, .error = reader.error()};
    }
    return {.value = &out, .error = {}};
}

} // namespace gatehouse::policy
