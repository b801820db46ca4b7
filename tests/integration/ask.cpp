#define CPPHTTPLIB_OPENSSL_SUPPORT
#include "tests/integration/ask.h"

#include <httplib.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace gatehouse::testing_support {
namespace {

constexpr int patience = 30; // seconds

http_response answer_of(const httplib::Result& result) {
    if (!result) {
        throw std::runtime_error("no answer: " + httplib::to_string(result.error()));
    }
    http_response out{.status = result->status, .fields = {}, .body = result->body};
    for (const auto& [name, value] : result->headers) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        out.fields[lower] = value;
    }
    return out;
}

} // namespace

http_response ask(std::uint16_t webhook_port, const http_request& request) {
    httplib::SSLClient client("localhost", webhook_port);
    client.enable_server_certificate_verification(false);
    client.set_read_timeout(patience);
    client.set_tcp_nodelay(true); // or the body waits for the delayed ACK of the header
    httplib::Request wire;
    wire.method = request.method;
    wire.path = request.target;
    wire.headers = {{"Content-Type", "application/json"}};
    for (const auto& [name, value] : request.fields) {
        wire.headers.erase(name);
        if (!value.empty()) {
            wire.headers.emplace(name, value);
        }
    }
    wire.body = request.body;
    return answer_of(client.send(wire));
}

http_response ask(std::uint16_t webhook_port, const std::string& body) {
    return ask(webhook_port, http_request{.body = body});
}

http_response get_ops(std::uint16_t ops_port, const std::string& target) {
    httplib::Client client("localhost", ops_port);
    client.set_read_timeout(patience);
    return answer_of(client.Get(target));
}

double metric(std::uint16_t ops_port, const std::string& series) {
    std::istringstream lines(get_ops(ops_port, "/metrics").body);
    std::string line;
    while (std::getline(lines, line)) {
        if (line.starts_with(series + " ")) {
            return std::stod(line.substr(series.size() + 1));
        }
    }
    return 0;
}

} // namespace gatehouse::testing_support
