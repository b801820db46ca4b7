#include "server/exposition.h"

#include <fmt/format.h>

#include <iterator>

namespace gatehouse::server {
namespace {

/// Label values: backslash, quote and newline are escaped, nothing else.
void append_escaped(std::string& to, std::string_view text) {
    for (const char c : text) {
        if (c == '\\' || c == '"') {
            to += '\\';
        }
        if (c == '\n') {
            to += "\\n";
        } else {
            to += c;
        }
    }
}

} // namespace

void exposition::begin(metric id) {
    of_ = &description_of(id);
    fmt::format_to(
        std::back_inserter(text_),
        "# HELP {0} {1}\n# TYPE {0} {2}\n",
        of_->name,
        of_->help,
        of_->type
    );
}

void exposition::series(
    std::string_view suffix,
    std::initializer_list<std::string_view> label_values,
    std::string_view bound
) {
    text_ += of_->name;
    text_ += suffix;
    char before = '{';
    std::size_t i = 0;
    for (const std::string_view value : label_values) {
        fmt::format_to(std::back_inserter(text_), "{}{}=\"", before, of_->labels.at(i));
        append_escaped(text_, value);
        text_ += '"';
        before = ',';
        ++i;
    }
    if (!bound.empty()) {
        fmt::format_to(std::back_inserter(text_), "{}le=\"{}\"", before, bound);
        before = ',';
    }
    text_ += before == ',' ? "} " : " ";
}

void exposition::sample(std::initializer_list<std::string_view> label_values, double value) {
    series("", label_values);
    fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void exposition::sample(std::initializer_list<std::string_view> label_values, std::uint64_t value) {
    series("", label_values);
    fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void exposition::samples(
    std::initializer_list<std::string_view> label_values,
    const histogram& of
) {
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < of.bounds().size(); ++i) {
        so_far += of.counts()[i];
        series(
            "_bucket",
            label_values,
            fmt::format("{}", static_cast<double>(of.bounds()[i]) / of.per_unit())
        );
        fmt::format_to(std::back_inserter(text_), "{}\n", so_far);
    }
    series("_bucket", label_values, "+Inf");
    fmt::format_to(std::back_inserter(text_), "{}\n", of.count());
    series("_sum", label_values);
    fmt::format_to(
        std::back_inserter(text_), "{}\n", static_cast<double>(of.sum()) / of.per_unit()
    );
    series("_count", label_values);
    fmt::format_to(std::back_inserter(text_), "{}\n", of.count());
}

} // namespace gatehouse::server
