#include "tests/integration/http_message.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace gatehouse::testing_support {

std::string http_request::text() const {
    header_fields all = {
        {"Accept", "application/json, */*"},
        {"Content-Length", std::to_string(body.size())},
        {"Content-Type", "application/json"},
        {"Host", "localhost"},
        {"User-Agent", "kube-apiserver-admission"},
    };
    for (const auto& [name, value] : fields) {
        all[name] = value;
    }
    std::string out = method + " " + target + " " + version + "\r\n";
    for (const auto& [name, value] : all) {
        if (!value.empty()) {
            out.append(name).append(": ").append(value).append("\r\n");
        }
    }
    return out.append("\r\n").append(body);
}

std::string http_response::field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
}

http_response parse_head(std::string_view head) {
    std::istringstream lines{std::string(head)};
    std::string version;
    http_response out;
    if (!(lines >> version >> out.status) || !version.starts_with("HTTP/1.")) {
        throw std::runtime_error("no HTTP answer: " + std::string(head.substr(0, 100)));
    }
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos) {
            throw std::runtime_error("no header field: " + line);
        }
        std::string name = line.substr(0, colon);
        std::ranges::transform(name, name.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        const std::size_t from = line.find_first_not_of(' ', colon + 1);
        const std::size_t to = line.find_last_not_of("\r ");
        out.fields[name] =
            from == std::string::npos || from > to ? "" : line.substr(from, to - from + 1);
    }
    return out;
}

} // namespace gatehouse::testing_support
