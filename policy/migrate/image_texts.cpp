#include "policy/migrate/image_texts.h"

#include "policy/image/pattern.h"
#include "policy/image/reference.h"
#include "policy/text.h"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

image_texts nothing(std::string note) { return {{}, std::move(note)}; }

/// The patterns if all of them are patterns, else why not.
image_texts checked(std::vector<std::string> patterns, std::string note) {
    for (const std::string& one : patterns) {
        const result<image_pattern> parsed = image_pattern::parse(one);
        if (!parsed) {
            return nothing(
                fmt::format("cannot be a pattern and is left out: {}", parsed.error().detail())
            );
        }
    }
    return {std::move(patterns), std::move(note)};
}

/// The first segment of several is a host where it could be no other segment (as in references).
bool is_host(std::string_view first) {
    return first == "localhost" || first.find_first_of(".:") != std::string_view::npos;
}

/// A text without `/`: the beginning of a host, or of a name on docker.io.
image_texts beginning_with_segment(std::string_view prefix) {
    const std::size_t colon = prefix.find(':');
    const std::string_view name = prefix.substr(0, colon);
    if (name == "localhost" || name.find('.') != std::string_view::npos) {
        return checked(
            {fmt::format("{}/**", prefix)},
            fmt::format(
                "has no / at its end and stood for every host that begins so, {}.attacker.example "
                "too; the policy takes it for the whole host",
                printable(name)
            )
        );
    }
    if (colon != std::string_view::npos) {
        return checked(
            {fmt::format("docker.io/library/{}*", prefix)},
            "names tags; the policy takes no image that is named by digest for one of them"
        );
    }
    return checked(
        {fmt::format("docker.io/library/{}*", prefix), fmt::format("docker.io/{}*/**", prefix)},
        fmt::format(
            "has no / at its end and stood for every image and host that begins so; the policy "
            "takes it for images of docker.io, write docker.io/{}/** or docker.io/library/{} to "
            "end it",
            printable(prefix),
            printable(prefix)
        )
    );
}

} // namespace

image_texts images_beginning_with(std::string_view prefix) {
    if (prefix.empty()) {
        return {{"**"}, "stands for every image"};
    }
    if (prefix.find_first_of("*?$") != std::string_view::npos) {
        return nothing("is compared character by character and began no image; it is left out");
    }
    if (prefix.find('@') != std::string_view::npos) {
        return nothing("names a digest, which no pattern can; it is left out");
    }
    const std::size_t first_slash = prefix.find('/');
    if (first_slash == std::string_view::npos) {
        return beginning_with_segment(prefix);
    }
    const bool has_host = is_host(prefix.substr(0, first_slash));
    const std::string whole = has_host ? std::string(prefix) : fmt::format("docker.io/{}", prefix);
    const std::string_view last = std::string_view(whole).substr(whole.rfind('/') + 1);
    if (last.empty()) {
        return checked({whole + "**"}, "");
    }
    if (last.find(':') != std::string_view::npos) {
        return checked(
            {whole + "*"},
            "names tags; the policy takes no image that is named by digest for one of them"
        );
    }
    return checked(
        {whole + "*", whole + "*/**"},
        fmt::format(
            "has no / at its end and stands for {}-x too; kept so, write {}/** or {} to end it",
            printable(whole),
            printable(whole),
            printable(whole)
        )
    );
}

image_texts images_that_are(std::string_view text) {
    const result<reference> parsed = reference::parse(text);
    if (!parsed) {
        return nothing(fmt::format("is no image and is left out: {}", parsed.error().detail()));
    }
    if (!parsed.value().digest().empty()) {
        return nothing("names a digest, which no pattern can; it is left out");
    }
    return checked({parsed.value().text()}, "");
}

} // namespace gatehouse::policy
