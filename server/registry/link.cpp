#include "server/registry/link.h"

#include "policy/text.h"

#include <algorithm>
#include <string_view>

namespace gatehouse::server {
namespace {

bool says_next(std::string parameters) {
    parameters = policy::lower(parameters);
    std::erase_if(parameters, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
    parameters += ';';
    return parameters.find(";rel=next;") != std::string::npos;
}

} // namespace

std::optional<std::string> next_page(const http_response& answer) {
    for (const auto& [name, value] : answer.headers) {
        if (name != "link") {
            continue;
        }
        std::string_view rest = value;
        while (true) {
            const std::size_t open = rest.find('<');
            const std::size_t close = rest.find('>', open == std::string_view::npos ? 0 : open);
            if (open == std::string_view::npos || close == std::string_view::npos) {
                break;
            }
            const std::string_view target = rest.substr(open + 1, close - open - 1);
            rest.remove_prefix(close + 1);
            const std::size_t end = std::min(rest.find(",<"), rest.find(", <"));
            if (says_next(std::string(rest.substr(0, end)))) {
                return std::string(target);
            }
            rest.remove_prefix(std::min(end, rest.size()));
        }
    }
    return std::nullopt;
}

} // namespace gatehouse::server
