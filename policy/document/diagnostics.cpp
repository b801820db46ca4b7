#include "policy/document/diagnostics.h"

#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::size_t most = 1000;

void append_sorted(std::vector<diagnostic>& from, std::vector<diagnostic>& to) {
    std::ranges::stable_sort(from, {}, &diagnostic::at);
    to.insert(to.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
}

} // namespace

std::string diagnostic::text() const {
    std::string out;
    if (!source.empty()) {
        out = fmt::format("{}:{}:{}: ", one_line(source), at.line, at.column);
    }
    return out + (field.empty() ? message : field + ": " + message);
}

void diagnostics::error(position at, std::string_view field, std::string message) {
    if (errors_.size() < most) {
        errors_.push_back({source_, at, std::string(field), std::move(message)});
    } else {
        has_more_ = true;
    }
}

void diagnostics::warning(position at, std::string_view field, std::string message) {
    if (warnings_.size() < most) {
        warnings_.push_back({source_, at, std::string(field), std::move(message)});
    }
}

bool diagnostics::is_full() const noexcept { return has_more_; }

void diagnostics::move_into(std::vector<diagnostic>& errors, std::vector<diagnostic>& warnings) {
    append_sorted(errors_, errors);
    if (has_more_) {
        errors.push_back({source_, errors.back().at, "", "there are more errors; mend these first"}
        );
    }
    append_sorted(warnings_, warnings);
}

} // namespace gatehouse::policy
