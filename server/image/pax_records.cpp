#include "server/image/pax_records.h"

#include <charconv>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

error damaged() { return {errc::malformed, "has a damaged pax header"}; }

std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

/// The next record without its length and newline; cut off from `text`.
std::optional<std::string_view> next_record(std::string_view& text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) {
        return std::nullopt;
    }
    const auto length = decimal(text.substr(0, space));
    if (!length || *length < space + 2 || *length > text.size() || text[*length - 1] != '\n') {
        return std::nullopt;
    }
    const std::string_view record = text.substr(space + 1, *length - space - 2);
    text.remove_prefix(*length);
    return record;
}

bool is_sparse_key(std::string_view key) {
    return key.starts_with("GNU.sparse.") || key == "SUN.holesdata" || key == "SCHILY.realsize";
}

bool is_known_charset(std::string_view value) {
    return value == "BINARY" || value == "ISO-IR 10646 2000 UTF-8";
}

policy::result<void> take_text(std::optional<std::string>& to, std::string_view value) {
    if (to || value.empty() || value.find('\0') != std::string_view::npos) {
        return damaged();
    }
    to = value;
    return policy::success();
}

policy::result<void> take(pax_records& to, std::string_view key, std::string_view value) {
    if (key == "path") {
        return take_text(to.path, value);
    }
    if (key == "linkpath") {
        return take_text(to.link, value);
    }
    if (key == "size") {
        const auto size = decimal(value);
        if (to.size || !size || std::in_range<std::int64_t>(*size) == false) {
            return damaged();
        }
        to.size = size;
    }
    if (is_sparse_key(key)) {
        return error(errc::malformed, "is a sparse file, which runtimes read differently");
    }
    if (key == "hdrcharset" && !is_known_charset(value)) {
        return error(errc::malformed, "has a path in an unknown character set");
    }
    return policy::success();
}

} // namespace

policy::result<pax_records> parse_pax_records(std::string_view text) {
    pax_records records;
    while (!text.empty()) {
        const auto record = next_record(text);
        const std::size_t equals = record ? record->find('=') : std::string_view::npos;
        if (equals == std::string_view::npos || equals == 0
            || record->substr(0, equals).find('\0') != std::string_view::npos) {
            return damaged();
        }
        GATEHOUSE_TRY(take(records, record->substr(0, equals), record->substr(equals + 1)));
    }
    return records;
}

} // namespace gatehouse::server
