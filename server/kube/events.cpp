#include "server/kube/events.h"

#include "policy/json.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;
using policy::result;

constexpr std::size_t longest_version = 64;

std::optional<watch_event_type> type_named(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, watch_event_type>, 5> types{{
        {"ADDED", watch_event_type::added},
        {"MODIFIED", watch_event_type::modified},
        {"DELETED", watch_event_type::deleted},
        {"BOOKMARK", watch_event_type::bookmark},
        {"ERROR", watch_event_type::error},
    }};
    for (const auto& [known, type] : types) {
        if (known == name) {
            return type;
        }
    }
    return std::nullopt;
}

result<watch_event> read_event(std::string_view line) {
    auto parsed = policy::parse_json(line);
    if (!parsed) {
        return error(
            errc::malformed, fmt::format("an event of a watch {}", parsed.error().detail())
        );
    }
    nlohmann::json& event = parsed.value();
    const std::string* name = policy::text_member(event, "type");
    const auto type = name == nullptr ? std::nullopt : type_named(*name);
    if (!type) {
        return error(errc::malformed, "an event of a watch is of no known type");
    }
    const nlohmann::json* object = policy::member_of(event, "object");
    if (object == nullptr || !object->is_object()) {
        return error(errc::malformed, "an event of a watch has no object");
    }
    if (*type != watch_event_type::error && resource_version_of(*object).empty()) {
        return error(errc::malformed, "an event of a watch has no resourceVersion");
    }
    return watch_event{*type, std::move(event["object"])};
}

} // namespace

std::string resource_version_of(const nlohmann::json& object) {
    const nlohmann::json* metadata = policy::member_of(object, "metadata");
    const std::string* version =
        metadata == nullptr ? nullptr : policy::text_member(*metadata, "resourceVersion");
    // It goes into an address: what could not stand there is none.
    const auto is_plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
               || c == '-';
    };
    if (version == nullptr || version->size() > longest_version
        || !std::ranges::all_of(*version, is_plain)) {
        return {};
    }
    return *version;
}

result<std::vector<watch_event>> event_decoder::feed(std::span<const char> bytes) {
    std::vector<watch_event> events;
    std::string_view rest(bytes.data(), bytes.size());
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view part = rest.substr(0, end);
        if (part.size() > longest_event - line_.size()) {
            return error(
                errc::too_large,
                fmt::format("an event of a watch is longer than {} bytes", longest_event)
            );
        }
        line_ += part;
        if (end == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(end + 1);
        const std::string line = std::exchange(line_, {});
        if (line.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        GATEHOUSE_TRY(watch_event event, read_event(line));
        events.push_back(std::move(event));
    }
    return events;
}

} // namespace gatehouse::server
