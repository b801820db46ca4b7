#pragma once
// HTTP/1.1 as text, for tests that must see and say every byte: a request to send, an answer received.

#include <map>
#include <string>
#include <string_view>

namespace gatehouse::testing_support {

using header_fields = std::map<std::string, std::string>;

/// A request as an API server writes it. A field with an empty value is left out.
struct http_request {
    std::string method = "POST";
    std::string target = "/validate?timeout=10s";
    std::string version = "HTTP/1.1";
    header_fields fields = {};
    std::string body = {};

    /// Head and body; Content-Length is the body's unless `fields` says otherwise.
    [[nodiscard]] std::string text() const;
};

struct http_response {
    int status = 0;
    header_fields fields; ///< names in lower case
    std::string body;

    /// Empty where there is no such field.
    [[nodiscard]] std::string field(const std::string& name) const;
    [[nodiscard]] bool closes() const { return field("connection") == "close"; }
};

/// Reads status line and fields, without the empty line at their end. Throws on what is no HTTP.
[[nodiscard]] http_response parse_head(std::string_view head);

} // namespace gatehouse::testing_support
