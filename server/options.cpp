#include "server/options.h"

#include "policy/text.h"
#include "server/certificates/lifetimes.h"
#include "server/duration.h"

#include <CLI/CLI.hpp>
#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>

namespace gatehouse::server {
namespace {

struct flag {
    std::string_view name;
    std::string_view value; ///< what stands for the value in the help
    std::string_view standard;
    std::string_view help;
};

constexpr std::array<flag, 20> flags{{
    {"policy", "PATH", "", "policy file or directory; may be repeated (default: built in)"},
    {"config", "FILE", "", "registries, caches and limits (ServerConfiguration)"},
    {"listen", "ADDR:PORT", "127.0.0.1:8443", "the HTTPS webhook; port 0 picks a free one"},
    {"ops-listen", "ADDR:PORT", "127.0.0.1:8080", "plain HTTP for /livez, /readyz and /metrics"},
    {"port-file", "FILE", "", "where to write both chosen ports when ready"},
    {"tls-cert", "FILE", "", "certificate chain in PEM (default: self-signed, for localhost)"},
    {"tls-key", "FILE", "", "private key of the certificate in PEM"},
    {"client-ca", "FILE", "", "callers must present a certificate by one of these"},
    {"webhook-configuration",
     "FILE",
     "",
     "a rendered ValidatingWebhookConfiguration without caBundle, which the leader registers"},
    {"ca-bundle", "FILE", "", "its caBundle: the authorities of --tls-cert in PEM"},
    {"certificate-secret",
     "NAMESPACE/NAME",
     "",
     "Secret of Gatehouse's own certificates, which the leader fills and rotates"},
    {"certificate-dns-name", "NAME", "", "of the own certificate; may be repeated"},
    {"ca-lifetime", "DURATION", "26280h", "of an own CA, which is replaced at two thirds of it"},
    {"certificate-lifetime", "DURATION", "2160h", "of an own certificate, likewise"},
    {"rotation-settle", "DURATION", "60s", "least wait between two phases of replacing an own CA"},
    {"lease", "NAMESPACE/NAME", "", "Lease by which the replicas elect their leader"},
    {"log-format", "json|text", "json", "how log lines are written"},
    {"log-level", "LEVEL", "info", "the least level that is written: debug, info, warn, error"},
    {"drain-delay", "DURATION", "15s", "how long to go on as before after SIGTERM"},
    {"shutdown-timeout", "DURATION", "20s", "how long connections may take to end after that"},
}};

// Longer waits are a slip of the pen, and sums of two must not overflow.
constexpr std::chrono::hours longest_wait{24};
// So long replicas and API servers need to learn of a phase, at the very least.
constexpr std::chrono::seconds shortest_settle{1};
// examine() looks at no more of a certificate.
constexpr std::size_t most_names = 100;

/// May be repeated; in a variable the values stand with colons between them.
bool is_list(const flag& what) {
    return what.name == "policy" || what.name == "certificate-dns-name";
}

std::string variable_of(std::string_view flag_name) {
    std::string name = "GATEHOUSE_";
    for (const char c : flag_name) {
        name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return name;
}

std::vector<std::string> split_paths(std::string_view text) {
    std::vector<std::string> paths;
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        if (colon != 0) {
            paths.emplace_back(text.substr(0, colon));
        }
        text.remove_prefix(colon == std::string_view::npos ? text.size() : colon + 1);
    }
    return paths;
}

/// One setting and where it came from, for messages.
struct setting {
    std::vector<std::string> values;
    std::string origin; ///< "--listen" or "GATEHOUSE_LISTEN"
    [[nodiscard]] bool is_set() const { return !values.empty(); }
    [[nodiscard]] const std::string& text() const { return values.back(); }
};

class reader {
  public:
    reader(const raw_settings& typed, const environment& from) : typed_(typed), from_(from) {}

    /// An empty variable counts as not set, as charts leave them.
    [[nodiscard]] setting look_up(const flag& what) const {
        const auto found = typed_.find(what.name);
        if (found != typed_.end() && !found->second.empty()) {
            return {found->second, fmt::format("--{}", what.name)};
        }
        const std::string variable = variable_of(what.name);
        const auto value = from_(variable);
        if (value && !value->empty()) {
            return {is_list(what) ? split_paths(*value) : std::vector{*value}, variable};
        }
        if (!what.standard.empty()) {
            return {{std::string(what.standard)}, fmt::format("--{}", what.name)};
        }
        return {{}, fmt::format("--{}", what.name)};
    }

    [[nodiscard]] setting look_up(std::string_view name) const {
        for (const flag& one : flags) {
            if (one.name == name) {
                return look_up(one);
            }
        }
        return {};
    }

    std::string path(std::string_view name) {
        const setting from = look_up(name);
        if (!from.is_set()) {
            return {};
        }
        if (from.text().empty()) {
            errors_.push_back(fmt::format("{}: a file name is needed", from.origin));
        }
        return from.text();
    }

    tcp::endpoint endpoint(std::string_view name);
    std::chrono::nanoseconds wait(
        std::string_view name,
        std::chrono::seconds least = std::chrono::seconds(0)
    );
    /// Of certificates, which are dated by whole seconds.
    std::chrono::seconds lifetime(std::string_view name);
    std::optional<namespaced_name> object(std::string_view name);

    template <class Value>
    Value one_of(
        std::string_view name,
        std::optional<Value> (*find)(std::string_view) noexcept,
        std::string_view choices
    ) {
        const setting from = look_up(name);
        const auto value = find(from.text());
        if (!value) {
            refuse(from, fmt::format("is none of {}", choices));
        }
        return value.value_or(Value{});
    }

    void refuse(const setting& what, std::string_view why) {
        errors_.push_back(fmt::format("{}: {} {}", what.origin, policy::quoted(what.text()), why));
    }
    void add_error(std::string text) { errors_.push_back(std::move(text)); }
    [[nodiscard]] std::vector<std::string> take_errors() { return std::move(errors_); }

  private:
    const raw_settings& typed_;
    const environment& from_;
    std::vector<std::string> errors_;
};

/// Splits "127.0.0.1:80", "[::1]:80" or "localhost:80"; an address without brackets has no colon.
std::optional<tcp::endpoint> parse_endpoint(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return std::nullopt;
    }
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
        return std::nullopt;
    }
    const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (is_bracketed) {
        host = host.substr(1, host.size() - 2);
    } else if (host == "localhost") {
        host = "127.0.0.1";
    }
    error_code failed;
    const auto address = asio::ip::make_address(std::string(host), failed);
    if (failed || address.is_v6() != is_bracketed) {
        return std::nullopt;
    }
    return tcp::endpoint(address, port);
}

tcp::endpoint reader::endpoint(std::string_view name) {
    const setting from = look_up(name);
    const auto value = parse_endpoint(from.text());
    if (!value) {
        refuse(from, "is not ADDR:PORT, such as 0.0.0.0:8443 or [::]:8443");
    }
    return value.value_or(tcp::endpoint());
}

std::chrono::nanoseconds reader::wait(std::string_view name, std::chrono::seconds least) {
    const setting from = look_up(name);
    const auto value = parse_duration(from.text());
    if (!value) {
        refuse(from, "is not a duration, such as 15s or 1m30s");
    } else if (*value > longest_wait) {
        refuse(from, "is longer than 24h");
    } else if (*value < least) {
        refuse(from, fmt::format("is shorter than {}s", least.count()));
    }
    return value.value_or(std::chrono::nanoseconds(0));
}

std::chrono::seconds reader::lifetime(std::string_view name) {
    const setting from = look_up(name);
    const auto value = parse_duration(from.text());
    if (!value) {
        refuse(from, "is not a duration, such as 2160h");
    } else if (*value < shortest_life || *value > longest_life) {
        refuse(from, "is not between 10s and 262800h");
    }
    return std::chrono::duration_cast<std::chrono::seconds>(
        value.value_or(std::chrono::nanoseconds(0))
    );
}

std::optional<namespaced_name> reader::object(std::string_view name) {
    const setting from = look_up(name);
    if (!from.is_set()) {
        return std::nullopt;
    }
    const auto named = parse_namespaced_name(from.text());
    if (!named) {
        refuse(from, named.error().detail());
        return std::nullopt;
    }
    return named.value();
}

void read_tls(reader& from, serve_options& to) {
    const std::string certificate = from.path("tls-cert");
    const std::string key = from.path("tls-key");
    if (certificate.empty() != key.empty()) {
        from.add_error(fmt::format(
            "--tls-cert and --tls-key belong together: --{} is missing",
            certificate.empty() ? "tls-cert" : "tls-key"
        ));
    } else if (!certificate.empty()) {
        to.tls = tls_files{certificate, key};
    }
    to.client_ca = from.path("client-ca");
}

/// Certificates of its own.
void read_certificates_of_its_own(reader& from, serve_options& to) {
    to.certificate_secret = from.object("certificate-secret");
    to.rotation.authority_lives = from.lifetime("ca-lifetime");
    to.rotation.leaf_lives = from.lifetime("certificate-lifetime");
    to.rotation.settle = from.wait("rotation-settle", shortest_settle);
    const auto& lives = to.rotation.authority_lives;
    if (lives > lives.zero() && 3 * to.rotation.settle > lives / 3) {
        from.add_error(
            "--rotation-settle: replacing a CA takes three times that, and must fit into "
            "the last third of --ca-lifetime"
        );
    }
    const setting names = from.look_up("certificate-dns-name");
    if (names.values.size() > most_names) {
        from.add_error(fmt::format("{}: at most {} names are possible", names.origin, most_names));
    }
    for (const std::string& name : names.values) {
        if (is_object_name(name)) {
            to.rotation.names.push_back(name);
        } else {
            from.add_error(
                fmt::format("{}: {} is not a DNS name", names.origin, policy::quoted(name))
            );
        }
    }
    const bool is_asked_for = from.look_up("certificate-secret").is_set();
    if (is_asked_for != names.is_set()) {
        from.add_error(fmt::format(
            "--certificate-secret and --certificate-dns-name belong together: --{} is missing",
            is_asked_for ? "certificate-dns-name" : "certificate-secret"
        ));
    }
    if (to.rotation.leaf_lives > to.rotation.authority_lives) {
        from.add_error("--certificate-lifetime: a certificate cannot outlive its CA (--ca-lifetime)"
        );
    }
    if (is_asked_for && (to.tls || !to.ca_bundle.empty())) {
        from.add_error(
            "--certificate-secret excludes --tls-cert, --tls-key and --ca-bundle: there is one "
            "certificate, its own or another"
        );
    }
    if (is_asked_for && to.registration.empty()) {
        from.add_error("--certificate-secret needs --webhook-configuration: who else would tell "
                       "API servers of "
                       "the CA");
    }
}

/// What is done in a cluster belongs together.
void read_cluster(reader& from, serve_options& to) {
    to.registration = from.path("webhook-configuration");
    to.ca_bundle = from.path("ca-bundle");
    to.lease = from.object("lease");
    read_certificates_of_its_own(from, to);
    const bool has_lease = from.look_up("lease").is_set();
    const bool is_own = from.look_up("certificate-secret").is_set();
    if (!to.registration.empty() && !has_lease) {
        from.add_error("--webhook-configuration needs --lease: one replica registers for all");
    }
    if (!to.registration.empty() && to.ca_bundle.empty() && !is_own) {
        from.add_error("--webhook-configuration needs --ca-bundle or --certificate-secret");
    }
    if (to.registration.empty() && (has_lease || !to.ca_bundle.empty())) {
        from.add_error("--lease and --ca-bundle are for --webhook-configuration, which is missing");
    }
    if (!to.ca_bundle.empty() && !to.tls && !is_own) {
        from.add_error(
            "--ca-bundle needs --tls-cert and --tls-key: nothing verifies a self-signed one"
        );
    }
}

} // namespace

environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

void declare_serve_flags(CLI::App& app, raw_settings& typed) {
    for (const flag& one : flags) {
        const std::string name(one.name);
        std::string help = fmt::format("{} [{}]", one.help, variable_of(one.name));
        if (!one.standard.empty()) {
            help += fmt::format(" (default {})", one.standard);
        }
        CLI::Option* option = app.add_option("--" + name, typed[name], help);
        option->type_name(std::string(one.value))->allow_extra_args(false);
        if (!is_list(one)) {
            option->expected(1);
        }
    }
}

parsed_options parse_serve_options(const raw_settings& typed, const environment& from) {
    reader settings(typed, from);
    parsed_options parsed;
    serve_options& to = parsed.options;
    to.policies = settings.look_up("policy").values;
    for (const std::string& path : to.policies) {
        if (path.empty()) {
            settings.add_error("--policy: a file name is needed");
        }
    }
    to.configuration = settings.path("config");
    to.listen = settings.endpoint("listen");
    to.ops_listen = settings.endpoint("ops-listen");
    to.port_file = settings.path("port-file");
    read_tls(settings, to);
    read_cluster(settings, to);
    to.log_format = settings.one_of("log-format", log_format_named, "json, text");
    to.log_level = settings.one_of("log-level", log_level_named, "debug, info, warn, error");
    to.drain_delay = settings.wait("drain-delay");
    to.shutdown_timeout = settings.wait("shutdown-timeout");
    parsed.errors = settings.take_errors();
    return parsed;
}

} // namespace gatehouse::server
