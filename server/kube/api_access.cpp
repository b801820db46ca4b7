#include "server/kube/api_access.h"

#include "policy/text.h"
#include "server/certificates/pem.h"
#include "server/policy_files.h"
#include "server/registry/url.h"

#include <fmt/format.h>

#include <charconv>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;
using policy::result;

constexpr std::string_view account = "/var/run/secrets/kubernetes.io/serviceaccount/";
// A bundle of a few authorities; a token is one or two KiB.
constexpr std::size_t most_ca_bytes = std::size_t{1} << 20;
constexpr std::size_t most_token_bytes = std::size_t{64} << 10;

std::string value_of(const environment& from, const std::string& name) {
    return from(name).value_or(std::string());
}

result<void> read_address(const environment& from, api_access& to) {
    const std::string named = value_of(from, "GATEHOUSE_KUBE_API");
    if (!named.empty()) {
        const auto found = parse_url(named);
        if (!found || found.value().scheme != url_scheme::https || found.value().target != "/") {
            return error(
                errc::malformed,
                fmt::format(
                    "GATEHOUSE_KUBE_API: {} is not https://HOST:PORT", policy::quoted(named)
                )
            );
        }
        to.host = found.value().host;
        to.port = found.value().port;
        return policy::success();
    }
    to.host = value_of(from, "KUBERNETES_SERVICE_HOST");
    const std::string port = value_of(from, "KUBERNETES_SERVICE_PORT");
    if (to.host.empty() || port.empty()) {
        return error(
            errc::malformed,
            "this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; "
            "GATEHOUSE_KUBE_API names the API server elsewhere"
        );
    }
    const auto read = std::from_chars(port.data(), port.data() + port.size(), to.port);
    if (read.ec != std::errc() || read.ptr != port.data() + port.size()) {
        return error(
            errc::malformed,
            fmt::format("KUBERNETES_SERVICE_PORT: {} is no port", policy::quoted(port))
        );
    }
    return policy::success();
}

error unreadable(const std::string& file, std::string_view why) {
    return {errc::unavailable, fmt::format("{}: {}", policy::printable(file), why)};
}

} // namespace

result<api_access> find_api_server(const environment& from) {
    api_access out;
    GATEHOUSE_TRY(read_address(from, out));
    out.token_file = value_of(from, "GATEHOUSE_KUBE_TOKEN_FILE");
    out.ca_file = value_of(from, "GATEHOUSE_KUBE_CA_FILE");
    if (out.token_file.empty()) {
        out.token_file = fmt::format("{}token", account);
    }
    if (out.ca_file.empty()) {
        out.ca_file = fmt::format("{}ca.crt", account);
    }
    return out;
}

result<api_credentials> read_api_credentials(const api_access& of) {
    api_credentials out;
    auto authorities = read_text_file(of.ca_file, most_ca_bytes);
    if (!authorities) {
        return unreadable(of.ca_file, authorities.error().detail());
    }
    out.authorities = std::move(authorities).value();
    // Without one the system's would do, and anybody with a certificate by them would get the token.
    const auto found = read_certificates({policy::printable(of.ca_file), out.authorities});
    if (!found) {
        return found.error();
    }
    auto token = read_text_file(of.token_file, most_token_bytes);
    if (!token) {
        return unreadable(of.token_file, token.error().detail());
    }
    std::string text = std::move(token).value();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
        text.pop_back();
    }
    const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
    if (text.empty() || !std::ranges::all_of(text, is_visible)) {
        return unreadable(of.token_file, "holds no token");
    }
    out.token = secret(std::move(text));
    return out;
}

} // namespace gatehouse::server
