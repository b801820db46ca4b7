#include "server/registry/platforms.h"

#include "policy/text.h"
#include "server/registry/image_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::failure_cause;

/// An entry that tells of others, and is never run: runtimes go by the platform alone, so that an annotation
/// which calls it an attestation does not keep it from being run.
bool is_no_image(const descriptor& entry) {
    return entry.platform && entry.platform->os == "unknown"
           && entry.platform->architecture == "unknown";
}

/// As containerd normalizes what it compares with its node (package platforms): a runtime would run "Linux" on
/// "x86_64", and what names nothing anywhere.
void normalize(policy::platform_image& one) {
    one.os = policy::lower(one.os);
    if (one.os.empty()) {
        one.os = "linux";
    }
    one.architecture = policy::lower(one.architecture);
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names{{
        {"x86_64", "amd64"},
        {"x86-64", "amd64"},
        {"aarch64", "arm64"},
        {"i386", "386"},
        {"armhf", "arm"},
        {"armel", "arm"},
    }};
    for (const auto& [other, usual] : names) {
        if (one.architecture == other) {
            one.architecture = usual;
        }
    }
}

bool is_index_type(std::string_view type) {
    return type == oci_index_type || type == docker_list_type;
}

/// A runtime that goes by the type would read something else in it.
bool contradicts(std::string_view type, const oci_manifest& manifest) {
    return is_manifest_type(type) && is_index_type(type) != manifest.has_list;
}

} // namespace

platforms_conversation::platforms_conversation(
    endpoint at,
    policy::digest image,
    access_memory& memory,
    tick_time deadline
)
    : dialogue_(std::move(at), memory, deadline), image_(std::move(image)) {
    ask({kind::root, image_});
}

void platforms_conversation::ask(job what) {
    call made;
    if (what.asked == kind::config) {
        made.target = "/blobs/" + what.digest.text();
        made.most_body_bytes = longest_image_config;
    } else {
        made.target = "/manifests/" + what.digest.text();
        made.accept = manifest_types();
        made.most_body_bytes = longest_manifest;
    }
    jobs_.emplace(dialogue_.ask(std::move(made)), std::move(what));
}

void platforms_conversation::give(
    std::size_t id,
    policy::fact<http_response> answer,
    tick_time now
) {
    if (outcome_) {
        return;
    }
    dialogue_.give(id, std::move(answer), now);
    while (auto done = dialogue_.take_answer()) {
        const auto at = jobs_.find(done->asked);
        if (at == jobs_.end() || outcome_) {
            continue;
        }
        const job of = std::move(at->second);
        jobs_.erase(at);
        take(of, std::move(done->response), now);
    }
    if (jobs_.empty() && !outcome_) {
        std::ranges::for_each(found_, normalize);
        outcome_ = std::move(found_);
    }
}

void platforms_conversation::take(
    const job& of,
    policy::fact<http_response> answer,
    tick_time now
) {
    if (auto* failed = std::get_if<policy::fetch_failure>(&answer)) {
        outcome_ = std::move(*failed);
        return;
    }
    const auto& got = std::get<http_response>(answer);
    if (got.status == 404 && of.asked == kind::root && dialogue_.use_next_credential(now)) {
        ask(of);
        return;
    }
    if (got.status != 200) {
        outcome_ = dialogue_.refusal(
            got, fmt::format("{}@{}", dialogue_.at().repository, of.digest.text())
        );
        return;
    }
    if (of.asked == kind::config) {
        take_config(of, got);
    } else {
        take_manifest(of, got);
    }
}

void platforms_conversation::take_manifest(const job& of, const http_response& got) {
    const auto read = parse_runnable_manifest(got.body, of.digest);
    if (!read) {
        fail_at(of, read.error().detail());
        return;
    }
    const oci_manifest& manifest = read.value();
    const std::string sent_as = media_type(got.header("content-type"));
    if (manifest.schema_version != 2) {
        fail_at(of, "has no schemaVersion 2");
    } else if (contradicts(manifest.media_type, manifest) || contradicts(sent_as, manifest)) {
        fail_at(of, "calls itself another type than it is");
    } else if (manifest.has_list && (manifest.has_layers || of.asked != kind::root)) {
        fail_at(of, "is an index where an image belongs");
    } else if (manifest.has_list) {
        take_index(manifest);
    } else if (!manifest.config.digest) {
        fail_at(of, "has no config");
    } else {
        std::size_t platform = of.platform;
        if (of.asked == kind::root) {
            platform = found_.size();
            found_.push_back({{}, {}, {}, of.digest, {}});
        }
        ask({kind::config, *manifest.config.digest, platform, of.is_named});
    }
}

void platforms_conversation::take_index(const oci_manifest& index) {
    for (const descriptor& entry : index.manifests) {
        if (is_no_image(entry)) {
            continue;
        }
        if (!entry.digest) {
            fail_at({kind::root, image_}, "lists an image without a digest");
            return;
        }
        if (is_index_type(entry.media_type)) {
            fail_at({kind::root, image_}, "is an index that lists another one");
            return;
        }
        if (found_.size() == most_platforms) {
            fail_at({kind::root, image_}, fmt::format("lists more than {} images", most_platforms));
            return;
        }
        const platform_name platform = entry.platform.value_or(platform_name{});
        found_.push_back({platform.os, platform.architecture, platform.variant, *entry.digest, {}});
        ask({kind::manifest, *entry.digest, found_.size() - 1, entry.platform.has_value()});
    }
}

void platforms_conversation::take_config(const job& of, const http_response& got) {
    if (!of.digest.is_of(got.body)) {
        fail_at(of, "has another digest");
        return;
    }
    auto read = parse_image_config(got.body);
    if (!read) {
        fail_at(of, read.error().detail());
        return;
    }
    image_config& config = read.value();
    policy::platform_image& platform = found_[of.platform];
    if (!of.is_named) {
        platform.os = std::move(config.os);
        platform.architecture = std::move(config.architecture);
        platform.variant = std::move(config.variant);
    }
    platform.user = std::move(config.user);
}

void platforms_conversation::fail_at(const job& of, std::string_view problem) {
    const std::string_view what = of.asked == kind::config ? "the image config" : "the manifest";
    outcome_ = dialogue_.failure(
        failure_cause::malformed,
        fmt::format("{} {} of {} {}", what, of.digest.text(), dialogue_.at().repository, problem)
    );
}

} // namespace gatehouse::server
