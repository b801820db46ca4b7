// The half of collect.h that finds referrers: pages, the fallback tag, their manifests.
#include "server/registry/collect.h"
#include "server/registry/link.h"
#include "server/registry/signature_places.h"

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

using policy::failure_cause;
using policy::fetch_failure;
using policy::signature_candidate;
using policy::signature_format;

bool lacks_api(unsigned status) {
    return status == 400 || status == 404 || status == 405 || status == 406;
}

} // namespace

void collect_conversation::take_page(const job& of, http_response& got) {
    const std::string what = "the referrers of " + image_.text();
    if (of.is_first && lacks_api(got.status)) {
        ask({kind::fallback_tag, fallback_tag(image_), {}}, longest_manifest);
        return;
    }
    if (got.status != 200) {
        refuse(got, what);
        return;
    }
    const auto index = parse_manifest(got.body);
    if (index && index.value().has_list) {
        open(index.value().manifests);
        follow(of, got);
        return;
    }
    if (of.is_first && media_type(got.header("content-type")) != oci_index_type) {
        ask({kind::fallback_tag, fallback_tag(image_), {}}, longest_manifest);
        return;
    }
    fail(
        failure_cause::malformed,
        fmt::format("{} sent for {} what is not an image index", dialogue_.at().name(), what)
    );
}

void collect_conversation::follow(const job& of, const http_response& got) {
    if (of.is_first && !got.header("oci-filters-applied").empty()) {
        for (const std::string_view filter : other_filters) {
            ask_page(referrers_target(image_, filter), false);
        }
    }
    const auto next = next_page(got);
    if (!next) {
        return;
    }
    url page = dialogue_.at().base;
    page.target += "/" + dialogue_.at().repository + "/referrers/" + image_.text();
    const auto to = resolve_url(page, *next);
    if (!to || !to.value().same_origin(page)
        || !to.value().target.starts_with(dialogue_.at().base.target + "/")) {
        fail(
            failure_cause::malformed,
            fmt::format("{} continues its referrers at another address", dialogue_.at().name())
        );
        return;
    }
    ask_page(to.value().target, false);
}

void collect_conversation::take_fallback(http_response& got) {
    const auto index = parse_manifest(got.body);
    if (!index || !index.value().has_list) {
        add_defect(from_referrers("tag " + fallback_tag(image_)), "is not an image index");
        return;
    }
    open(index.value().manifests);
}

void collect_conversation::open(const std::vector<descriptor>& listed) {
    for (const descriptor& one : listed) {
        const bool is_certain = is_signature_type(one.artifact_type);
        const bool is_open = one.artifact_type.empty() || one.artifact_type == empty_type;
        if (!is_certain && !is_open) {
            continue;
        }
        if (!one.digest) {
            add_defect(from_referrers("a referrer"), "is listed without a digest");
            continue;
        }
        if (!opened_.emplace(one.digest->text(), is_certain).second) {
            continue;
        }
        if (opened_.size() > most_candidates) {
            fail(
                failure_cause::too_large,
                fmt::format(
                    "{} lists more than 100 referrers of {} that may be signatures; remove old "
                    "ones",
                    dialogue_.at().name(),
                    image_.text()
                )
            );
            return;
        }
        ask({kind::manifest, {}, one.digest->text()}, longest_manifest);
    }
}

void collect_conversation::take_manifest(const job& of, response& answer) {
    const bool is_certain = opened_.at(of.digest);
    signature_candidate like = from_referrers("referrer " + of.digest);
    if (auto* failed = std::get_if<fetch_failure>(&answer)) {
        if (failed->cause == failure_cause::too_large) {
            add_defect(std::move(like), "has a manifest of more than 8 MiB");
            return;
        }
        fail(std::move(*failed));
        return;
    }
    const auto& got = std::get<http_response>(answer);
    if (got.status == 404) {
        // Indexes that clients keep hold entries of manifests that were deleted.
        if (is_certain) {
            add_defect(std::move(like), "is listed but not there");
        }
        return;
    }
    if (got.status != 200) {
        refuse(got, of.digest);
        return;
    }
    const auto asked = policy::digest::parse(of.digest);
    if (!asked || !asked.value().is_of(got.body)) {
        fail(
            failure_cause::malformed,
            fmt::format("{} sent for {} what has another digest", dialogue_.at().name(), of.digest)
        );
        return;
    }
    const auto manifest = parse_manifest(got.body);
    const std::string type = media_type(got.header("content-type"));
    const bool is_other =
        manifest && !manifest.value().media_type.empty() && manifest.value().media_type != type;
    if (!manifest || is_other) {
        add_defect(
            std::move(like),
            is_other ? "calls itself another type than it is sent as" : "is not a manifest"
        );
        return;
    }
    read_referrer(manifest.value(), like.where, is_certain);
}

void collect_conversation::read_referrer(
    const oci_manifest& manifest,
    const std::string& where,
    bool is_certain
) {
    // A manifest without artifactType has its config's media type for it.
    const bool has_own_type =
        !manifest.artifact_type.empty() && manifest.artifact_type != empty_type;
    std::string type = has_own_type ? manifest.artifact_type : manifest.config.media_type;
    if (!is_signature_type(type) && !manifest.layers.empty()
        && manifest.layers.front().media_type.starts_with(bundle_prefix)) {
        type = manifest.layers.front().media_type;
    }
    signature_candidate like = from_referrers(where);
    if (!is_signature_type(type)) {
        if (is_certain) {
            add_defect(std::move(like), "is listed as a signature but is none");
        }
        return;
    }
    if (!manifest.subject || !(*manifest.subject == image_)) {
        add_defect(std::move(like), "is about another image");
        return;
    }
    if (type == simple_signing_artifact) {
        like.format = signature_format::simple_signing;
        add_layers(manifest, std::move(like));
        return;
    }
    if (manifest.layers.size() != 1) {
        add_defect(std::move(like), "does not have exactly one layer");
        return;
    }
    add(std::move(like), manifest.layers.front());
}

} // namespace gatehouse::server
