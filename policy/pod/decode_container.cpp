#include "policy/pod/decode_container.h"

#include "policy/pod/decode_security.h"

#include <array>

namespace gatehouse::policy {
namespace {

using simdjson::dom::element;

list<host_port> read_host_ports(json_reader& reader, element value, const json_path& at) {
    const list<host_port> all =
        reader.items<host_port>(value, at, [&](element item, const json_path& where) {
            host_port port{.index = static_cast<std::uint32_t>(where.index), .port = 0};
            if (!item.is_object()) {
                reader.fail(where, "must be an object");
            }
            reader.fields(
                item,
                where,
                [&](std::string_view key, element field, const json_path& field_at) {
                    if (key == "hostPort") {
                        port.port = reader.integer(field, field_at).value_or(0);
                    }
                }
            );
            return port;
        });
    std::size_t asking = 0;
    for (const host_port& port : all) {
        asking += port.port != 0 ? 1U : 0U;
    }
    const std::span<host_port> kept = reader.memory().make_array<host_port>(asking);
    std::size_t next = 0;
    for (const host_port& port : all) {
        if (port.port != 0) {
            kept[next++] = port;
        }
    }
    return {kept.data(), kept.size()};
}

/// The handlers that can name a host: where they stand in a container, and how a field path calls
/// them.
struct handler_place {
    std::string_view outer; ///< "livenessProbe", or "lifecycle"
    std::string_view hook;  ///< below lifecycle; empty for probes
    std::string_view kind;
    std::string_view path;
};

constexpr std::array<handler_place, 10> handler_places = {{
    {"livenessProbe", "", "httpGet", "livenessProbe.httpGet"},
    {"livenessProbe", "", "tcpSocket", "livenessProbe.tcpSocket"},
    {"readinessProbe", "", "httpGet", "readinessProbe.httpGet"},
    {"readinessProbe", "", "tcpSocket", "readinessProbe.tcpSocket"},
    {"startupProbe", "", "httpGet", "startupProbe.httpGet"},
    {"startupProbe", "", "tcpSocket", "startupProbe.tcpSocket"},
    {"lifecycle", "postStart", "httpGet", "lifecycle.postStart.httpGet"},
    {"lifecycle", "postStart", "tcpSocket", "lifecycle.postStart.tcpSocket"},
    {"lifecycle", "preStop", "httpGet", "lifecycle.preStop.httpGet"},
    {"lifecycle", "preStop", "tcpSocket", "lifecycle.preStop.tcpSocket"},
}};

/// At most one host for each place: collected on the stack, then kept in the arena.
class handler_hosts {
  public:
    explicit handler_hosts(json_reader& reader) : reader_(reader) {}

    /// `value` is a probe or lifecycle hook: the object that holds httpGet or tcpSocket.
    void read(std::string_view outer, std::string_view hook, element value, const json_path& at) {
        reader_
            .fields(value, at, [&](std::string_view kind, element handler, const json_path& where) {
                for (const handler_place& place : handler_places) {
                    if (place.kind == kind && place.outer == outer && place.hook == hook) {
                        read_host(place, handler, where);
                    }
                }
            });
    }

    [[nodiscard]] list<handler_host> kept() const {
        const std::span<handler_host> out = reader_.memory().make_array<handler_host>(count_);
        std::copy_n(found_.begin(), count_, out.begin());
        return {out.data(), out.size()};
    }

  private:
    void read_host(const handler_place& place, element handler, const json_path& at) {
        reader_
            .fields(handler, at, [&](std::string_view key, element field, const json_path& where) {
                if (key != "host") {
                    return;
                }
                const std::string_view host = reader_.text(field, where).value_or("");
                if (!host.empty() && count_ < found_.size()) {
                    found_[count_++] = {place.path, host};
                }
            });
    }

    json_reader& reader_;
    std::array<handler_host, handler_places.size()> found_;
    std::size_t count_ = 0;
};

} // namespace

container read_container(json_reader& reader, element value, const json_path& at) {
    container out;
    if (!value.is_object()) {
        reader.fail(at, "must be an object");
        return out;
    }
    handler_hosts hosts(reader);
    reader.fields(value, at, [&](std::string_view key, element field, const json_path& where) {
        if (key == "name") {
            out.name = reader.text(field, where).value_or("");
        } else if (key == "image") {
            out.image = reader.text(field, where).value_or("");
        } else if (key == "securityContext") {
            out.security = read_container_security(reader, field, where);
        } else if (key == "ports") {
            out.host_ports = read_host_ports(reader, field, where);
        } else if (key == "livenessProbe" || key == "readinessProbe" || key == "startupProbe") {
            hosts.read(key, "", field, where);
        } else if (key == "lifecycle") {
            reader.fields(
                field,
                where,
                [&](std::string_view hook, element handler, const json_path& hook_at) {
                    if (hook == "postStart" || hook == "preStop") {
                        hosts.read("lifecycle", hook, handler, hook_at);
                    }
                }
            );
        }
    });
    out.handler_hosts = hosts.kept();
    return out;
}

} // namespace gatehouse::policy
