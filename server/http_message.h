#pragma once
// One HTTP exchange as the registry client and the Kubernetes client know it: values only. Who sends it is
// http_client.h; machines without sockets make requests and read responses (registry/fetch.h).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::server {

class body_sink;

/// RFC 9110 section 5.6.2: methods, names of headers, schemes of challenges.
[[nodiscard]] constexpr bool is_http_token_character(char c) noexcept {
    const bool is_alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

enum class url_scheme : std::uint8_t { https, http };

/// Whom a client talks to, where advice depends on it.
enum class http_peers : std::uint8_t { registries, api_server, webhook };

struct http_request {
    std::string method = "GET";
    url_scheme scheme = url_scheme::https;
    std::string host; ///< without brackets and port
    std::uint16_t port = 443;
    std::string target; ///< origin form: "/v2/team/app/manifests/1.0"
    std::vector<std::pair<std::string, std::string>>
        headers; ///< Host and lengths come from the client
    std::string body;
    std::size_t most_body_bytes = 0; ///< a longer answer is too_large
    /// Where it is set, it takes the body of an answer with status 200 as it arrives, and answers of any status
    /// come with an empty body (body_sink.h).
    std::shared_ptr<body_sink> body_to;
    /// Names the trust and the rights of the connection: a registry of ServerConfiguration, whose CA file
    /// it uses and which may be at a private address; empty = none.
    std::string registry;
};

struct http_response {
    unsigned status = 0;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case, in order
    std::string body; ///< as received, without transfer coding

    /// The first of that (lower-case) name; empty where there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept {
        for (const auto& [key, value] : headers) {
            if (key == name) {
                return value;
            }
        }
        return {};
    }
};

} // namespace gatehouse::server
