#include "policy/text.h"
#include "server/check/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gatehouse::server {
namespace {

constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view green = "\x1b[32m";
constexpr std::string_view yellow = "\x1b[33m";
constexpr std::string_view cyan = "\x1b[36m";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";

constexpr std::size_t most_kinds_shown = 8;

std::string_view colour_of(policy::action what) {
    switch (what) {
    case policy::action::deny:
        return red;
    case policy::action::warn:
        return yellow;
    case policy::action::audit:
        return cyan;
    }
    return red;
}

class text_writer {
  public:
    explicit text_writer(colours colour) : colour_(colour) {}

    std::string take() && { return std::move(out_); }

    void object(const checked_object& one) {
        add("{} ({}): ",
            paint(policy::subject_text(one.kind, one.namespace_name, one.name), bold),
            place(one));
        out_ += one.allowed ? paint("allowed", green) : paint("denied", red);
        out_ += one.note.empty() ? "\n" : fmt::format(", {}\n", one.note);
        for (const checked_violation& v : one.violations) {
            const std::string action = fmt::format("{:<5}", name_of(v.action));
            add("  {}  {}\n         {}{}\n",
                paint(action, colour_of(v.action)),
                v.field,
                v.message,
                v.suffix);
        }
        for (const std::string& line : one.further_warnings) {
            add("  {}  {}\n", paint("note ", yellow), line);
        }
        for (const shown_identity& each : one.identities) {
            identity(each);
        }
        if (!one.not_checked.empty()) {
            add("  {}  not checked, which needs --resolve: {}\n",
                paint("note ", yellow),
                policy::joined(one.not_checked, one.not_checked.size()));
        }
    }

    void identity(const shown_identity& one) {
        add("  {}  {} {} {}{}\n",
            paint("user ", cyan),
            one.noun,
            policy::quoted(one.container),
            head_of(one),
            line_of(one));
    }

    void summary(const check_report& report) {
        const auto denied = std::ranges::count(report.results, false, &checked_object::allowed);
        out_ += report.results.empty() ? "" : "\n";
        add("{} judged, {} denied", report.results.size(), denied);
        if (!report.skipped.empty()) {
            add(", {} skipped without a pod ({})", report.skipped.size(), kinds(report.skipped));
        }
        if (!report.errors.empty()) {
            add(", {}", policy::counted(report.errors.size(), "error"));
        }
        out_ += '\n';
    }

  private:
    template <class... Arguments>
    void add(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(out_), form, std::forward<Arguments>(arguments)...);
    }

    [[nodiscard]] std::string paint(std::string_view text, std::string_view in) const {
        return colour_ == colours::off ? std::string(text) : fmt::format("{}{}{}", in, text, plain);
    }

    static std::string place(const checked_object& one) {
        std::string out =
            fmt::format("{}, document {}", policy::one_line(one.source), one.place.document);
        return one.place.item ? out + fmt::format(", item {}", *one.place.item) : out;
    }

    /// Each kind once, in order of the alphabet.
    static std::string kinds(std::vector<std::string> all) {
        std::ranges::sort(all);
        all.erase(std::ranges::unique(all).begin(), all.end());
        for (std::string& kind : all) {
            kind = policy::plain_or_quoted(kind);
        }
        return policy::joined(all, most_kinds_shown);
    }

    colours colour_;
    std::string out_;
};

} // namespace

std::string check_text(const check_report& report, colours colour) {
    text_writer writer(colour);
    for (const checked_object& one : report.results) {
        writer.object(one);
    }
    writer.summary(report);
    return std::move(writer).take();
}

std::string check_errors_text(const check_report& report) {
    std::string out;
    for (const check_error& one : report.errors) {
        out += policy::one_line(one.source);
        if (one.at) {
            out += fmt::format(":{}:{}", one.at->line, one.at->column);
        }
        if (one.place) {
            out += fmt::format(": document {}", one.place->document);
            out += one.place->item ? fmt::format(", item {}", *one.place->item) : "";
        }
        out += fmt::format(": {}\n", one.message);
    }
    return out;
}

} // namespace gatehouse::server
