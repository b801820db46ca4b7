#include "policy/image/reference.h"

#include "policy/image/grammar.h"
#include "policy/image/registry.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::size_t excerpt = 60;
constexpr std::string_view official = "library/"; // where docker.io keeps names without a user

error malformed(std::string detail) { return {errc::malformed, std::move(detail)}; }

/// A reference taken apart where the grammar's marks are; nothing is checked yet.
struct parts {
    std::string_view registry; ///< empty where the first segment is none
    std::string_view path;
    std::string_view tag;
    std::string_view digest;
    bool has_registry = false;
    bool has_tag = false;
    bool has_digest = false;
};

parts split(std::string_view text) {
    parts found;
    if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
        found.has_digest = true;
        found.digest = text.substr(at + 1);
        text = text.substr(0, at);
    }
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos && names_registry(text.substr(0, slash))) {
        found.has_registry = true;
        found.registry = text.substr(0, slash);
        text.remove_prefix(slash + 1);
    }
    const std::size_t colon = text.find(':');
    found.path = text.substr(0, colon);
    if (colon != std::string_view::npos) {
        found.has_tag = true;
        found.tag = text.substr(colon + 1);
    }
    return found;
}

/// What is wrong with the text as a whole, where a look at the parts would name the wrong culprit.
result<void> check_whole(std::string_view text) {
    if (text.empty()) {
        return malformed("it is empty; write a name such as registry.example/team/app:1.0");
    }
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
        return malformed(fmt::format(
            "it begins with the scheme {}; leave that away",
            quoted(text.substr(0, scheme + 3), excerpt)
        ));
    }
    const auto* const bad = std::ranges::find_if_not(text, is_printable);
    if (bad != text.end()) {
        const std::string_view rest = text.substr(static_cast<std::size_t>(bad - text.begin()));
        if (rest.front() == ' ') {
            return malformed("it has a space; leave that away");
        }
        return malformed(fmt::format(
            "it has characters that cannot be seen or are not ASCII, beginning at {}; leave them "
            "away",
            quoted(rest, 30)
        ));
    }
    return success();
}

/// Node runtimes look such a text up among the ids of the images they hold before they read it as a
/// name.
bool is_image_id(const parts& of) {
    if (of.has_registry) {
        return false;
    }
    const auto is_hex = [](std::string_view text) {
        return std::ranges::all_of(text, is_lower_hex);
    };
    if (of.path.size() == 64 && is_hex(of.path)) {
        return true;
    }
    const std::size_t digits = of.path == "sha256"   ? 64
                               : of.path == "sha384" ? 96
                               : of.path == "sha512" ? 128
                                                     : 0;
    return digits != 0 && of.tag.size() == digits && is_hex(of.tag);
}

error bad_segment(std::string_view segment, bool is_first_of_several) {
    const std::string shown = quoted(segment, excerpt);
    if (segment.empty()) {
        return malformed(
            "the path has an empty segment: a slash too many at its begin, end or inside"
        );
    }
    if (has_upper(segment) && is_first_of_several) {
        return malformed(fmt::format(
            "its first segment {} has upper case: a path is lower case, and a registry has a dot "
            "or a port",
            shown
        ));
    }
    if (has_upper(segment)) {
        return malformed(
            fmt::format("the path segment {} has upper case; paths are lower case", shown)
        );
    }
    return malformed(fmt::format(
        "the path segment {} is not lower-case letters and digits, joined by a dot, one or two "
        "underscores, "
        "or dashes",
        shown
    ));
}

result<void> check_path(const parts& of) {
    std::string_view rest = of.path;
    if (rest.empty()) {
        return malformed(
            of.has_registry ? "the path behind the registry is empty" : "the name is empty"
        );
    }
    const bool several = rest.find('/') != std::string_view::npos;
    for (bool is_first = true;; is_first = false) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        if (!is_valid(image_part::segment, segment)) {
            return bad_segment(segment, is_first && several && !of.has_registry);
        }
        if (end == rest.size()) {
            return success();
        }
        rest.remove_prefix(end + 1);
    }
}

result<void> check_tag(std::string_view tag) {
    if (tag.empty()) {
        return malformed("the tag is empty; write one behind the colon or leave the colon away");
    }
    if (tag.size() > longest_image_tag) {
        return malformed(
            fmt::format("the tag has {} characters; at most 128 are allowed", tag.size())
        );
    }
    if (!is_valid(image_part::tag, tag)) {
        return malformed(fmt::format(
            "the tag {} is not letters, digits, \"_\", \".\" and \"-\", beginning with none of the "
            "last two",
            quoted(tag, excerpt)
        ));
    }
    return success();
}

result<void> check_digest(std::string_view digest) {
    const std::size_t colon = digest.find(':');
    const std::string_view algorithm = digest.substr(0, colon);
    if (colon == std::string_view::npos || (algorithm != "sha256" && algorithm != "sha512")) {
        return malformed(fmt::format(
            "the digest {} does not begin with sha256: or sha512:", quoted(digest, excerpt)
        ));
    }
    const std::string_view hex = digest.substr(colon + 1);
    const std::size_t digits = algorithm == "sha256" ? 64 : 128;
    if (hex.size() != digits || !std::ranges::all_of(hex, is_lower_hex)) {
        return malformed(fmt::format(
            "the digest {} has not exactly {} lower-case hex digits behind {}:",
            quoted(digest, excerpt),
            digits,
            algorithm
        ));
    }
    return success();
}

} // namespace

result<reference> reference::parse(std::string_view text) {
    GATEHOUSE_TRY(check_whole(text));
    const parts found = split(text);
    if (is_image_id(found)) {
        return malformed(
            "it reads as the id of an image on the node; write the name of a repository instead"
        );
    }
    registry_name registry{.host = docker_hub, .address = {}};
    if (found.has_registry) {
        GATEHOUSE_TRY(auto written, parse_registry(found.registry, host_wildcards::refused));
        registry = written;
    }
    GATEHOUSE_TRY(check_path(found));

    // Beyond what was written: "docker.io/library/" and ":latest", or an IPv6 address with its gap
    // filled.
    constexpr std::size_t most_added = 64;
    reference parsed;
    parsed.text_.reserve(text.size() + most_added);
    append_registry(parsed.text_, registry);
    parsed.registry_size_ = parsed.text_.size();
    parsed.text_ += '/';
    if (parsed.registry() == docker_hub && found.path.find('/') == std::string_view::npos) {
        parsed.text_ += official;
    }
    parsed.text_ += found.path;
    parsed.name_size_ = parsed.text_.size();
    if (parsed.name_size_ > longest_image_name) {
        return malformed(fmt::format(
            "the name has {} characters with its registry; at most {} are allowed",
            parsed.name_size_,
            longest_image_name
        ));
    }

    const std::string_view tag = found.has_tag || found.has_digest ? found.tag : "latest";
    if (found.has_tag || !found.has_digest) {
        GATEHOUSE_TRY(check_tag(tag));
        parsed.text_.append(":").append(tag);
        parsed.tag_size_ = tag.size();
    }
    if (found.has_digest) {
        GATEHOUSE_TRY(check_digest(found.digest));
        parsed.text_.append("@").append(found.digest);
        parsed.digest_size_ = found.digest.size();
    }
    return parsed;
}

std::string_view reference::tag() const noexcept {
    return tag_size_ == 0 ? std::string_view{}
                          : std::string_view(text_).substr(name_size_ + 1, tag_size_);
}

std::string_view reference::digest() const noexcept {
    return digest_size_ == 0 ? std::string_view{}
                             : std::string_view(text_).substr(text_.size() - digest_size_);
}

} // namespace gatehouse::policy
