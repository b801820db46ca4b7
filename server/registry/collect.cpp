#include "server/registry/collect.h"

#include "server/registry/signature_places.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::server {
namespace {

using policy::failure_cause;
using policy::fetch_failure;
using policy::signature_candidate;

constexpr std::uint64_t most_bytes = std::uint64_t{32} << 20;
constexpr std::uint64_t longest_blob = std::uint64_t{16} << 20;
constexpr unsigned most_pages = 20;

} // namespace

collect_conversation::collect_conversation(
    endpoint at,
    policy::digest image,
    access_memory& memory,
    tick_time deadline
)
    : dialogue_(std::move(at), memory, deadline), image_(std::move(image)) {
    start();
}

void collect_conversation::start() {
    // A tag has 128 characters at most, so there is none for a sha512 digest.
    if (image_.algorithm() == policy::digest_algorithm::sha256) {
        ask({kind::signature_tag, fallback_tag(image_) + ".sig", {}}, longest_manifest);
    }
    ask_page(referrers_target(image_, common_filter), true);
}

void collect_conversation::ask(job what, std::size_t most_body_bytes) {
    call made;
    made.most_body_bytes = most_body_bytes;
    made.accept = manifest_types();
    switch (what.asked) {
    case kind::signature_tag:
    case kind::fallback_tag:
        made.target = "/manifests/" + what.target;
        break;
    case kind::referrers:
        made.target = what.target;
        made.accept = oci_index_type;
        break;
    case kind::manifest:
        made.target = "/manifests/" + what.digest;
        break;
    case kind::blob:
        made.target = "/blobs/" + what.digest;
        made.accept.clear();
        break;
    }
    jobs_.emplace(dialogue_.ask(std::move(made)), std::move(what));
}

void collect_conversation::ask_page(std::string target, bool is_first) {
    if (++pages_ > most_pages) {
        fail(
            failure_cause::too_large,
            fmt::format(
                "{} lists more than 20 pages of referrers of {}",
                dialogue_.at().name(),
                image_.text()
            )
        );
        return;
    }
    ask({kind::referrers, std::move(target), {}, is_first}, longest_manifest);
}

void collect_conversation::give(std::size_t id, response answer, tick_time now) {
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
        take(of, std::move(done->response));
    }
    if (jobs_.empty() && !outcome_) {
        finish(now);
    }
}

void collect_conversation::take(const job& of, response answer) {
    if (of.asked == kind::manifest) {
        take_manifest(of, answer);
        return;
    }
    if (of.asked == kind::blob) {
        take_blob(of, answer);
        return;
    }
    if (auto* failed = std::get_if<fetch_failure>(&answer)) {
        fail(std::move(*failed));
        return;
    }
    auto& got = std::get<http_response>(answer);
    has_seen_ = has_seen_ || got.status == 200;
    if (of.asked == kind::referrers) {
        take_page(of, got);
        return;
    }
    if (got.status == 404) {
        return; // nothing lies there
    }
    if (got.status != 200) {
        refuse(got, fmt::format("{}:{}", dialogue_.at().repository, of.target));
        return;
    }
    if (is_broken(got, of.target)) {
        return;
    }
    if (of.asked == kind::signature_tag) {
        take_tag(got);
    } else {
        take_fallback(got);
    }
}

void collect_conversation::take_tag(http_response& got) {
    signature_candidate like;
    like.where = fallback_tag(image_) + ".sig";
    const auto manifest = parse_manifest(got.body);
    if (!manifest) {
        add_defect(std::move(like), manifest.error().detail());
    } else if (manifest.value().has_list || manifest.value().schema_version != 2) {
        add_defect(std::move(like), "is not an image manifest");
    } else {
        add_layers(manifest.value(), std::move(like));
    }
}

void collect_conversation::add_layers(const oci_manifest& manifest, signature_candidate like) {
    std::size_t number = 0;
    for (const descriptor& layer : manifest.layers) {
        ++number;
        if (layer.media_type != simple_signing_layer || outcome_) {
            continue;
        }
        signature_candidate made = like;
        made.signature = layer.signature;
        made.where = fmt::format("{} layer {}", like.where, number);
        add(std::move(made), layer);
    }
}

void collect_conversation::add_defect(signature_candidate like, std::string_view problem) {
    like.signature.clear();
    like.problem = problem;
    slots_.push_back({std::move(like), std::nullopt});
    if (slots_.size() > most_candidates) {
        fail(
            failure_cause::too_large,
            fmt::format(
                "{} holds more than 100 signatures of {}; remove old ones",
                dialogue_.at().name(),
                image_.text()
            )
        );
    }
}

void collect_conversation::add(signature_candidate made, const descriptor& of) {
    if (!of.digest || !of.size) {
        add_defect(std::move(made), "has no digest or no size");
        return;
    }
    if (*of.size > longest_blob) {
        add_defect(std::move(made), fmt::format("has {} bytes, more than 16 MiB", *of.size));
        return;
    }
    // Layers of one blob are copies in the end, so each counts.
    bytes_ += *of.size;
    if (slots_.size() == most_candidates || bytes_ > most_bytes) {
        fail(
            failure_cause::too_large,
            fmt::format(
                "{} holds more than 100 signatures or 32 MiB of them for {}; remove old ones",
                dialogue_.at().name(),
                image_.text()
            )
        );
        return;
    }
    slots_.push_back({std::move(made), of.size});
    const auto [at, is_new] = blobs_.try_emplace(of.digest->text());
    blob& content = at->second;
    if (content.is_here || !content.problem.empty()) {
        settle(slots_.back(), content);
        return;
    }
    content.waiting.push_back(slots_.size() - 1);
    if (is_new) {
        ask({kind::blob, {}, of.digest->text()}, std::max<std::size_t>(*of.size, 1));
    }
}

void collect_conversation::take_blob(const job& of, response& answer) {
    blob& to = blobs_.at(of.digest);
    auto* failed = std::get_if<fetch_failure>(&answer);
    if (failed != nullptr && failed->cause == failure_cause::too_large) {
        to.problem = "is longer than its manifest says";
    } else if (failed != nullptr) {
        fail(std::move(*failed));
        return;
    } else if (auto& got = std::get<http_response>(answer); got.status == 404) {
        to.problem = "is listed but not there";
    } else if (got.status != 200) {
        refuse(got, of.digest);
        return;
    } else if (const auto asked = policy::digest::parse(of.digest);
               !asked || !asked.value().is_of(got.body)) {
        fail(
            failure_cause::malformed,
            fmt::format("{} sent for {} what has another digest", dialogue_.at().name(), of.digest)
        );
        return;
    } else {
        to.is_here = true;
        to.content = std::move(got.body);
    }
    for (const std::size_t number : to.waiting) {
        settle(slots_[number], to);
    }
}

void collect_conversation::settle(slot& one, const blob& with) {
    if (with.is_here && one.size == with.content.size()) {
        one.made.content = with.content;
        return;
    }
    one.made.signature.clear();
    one.made.problem = with.is_here ? "is not as long as its manifest says" : with.problem;
}

bool collect_conversation::is_broken(const http_response& got, std::string_view what) {
    const auto said = policy::digest::parse(got.header("docker-content-digest"));
    if (!said || said.value().is_of(got.body)) {
        return false;
    }
    fail(
        failure_cause::malformed,
        fmt::format("{} sent for {} what has another digest", dialogue_.at().name(), what)
    );
    return true;
}

void collect_conversation::refuse(const http_response& got, std::string_view what) {
    // Whichever of several requests is refused first, credentials are for the repository.
    const bool is_for_credentials = got.status == 401 || got.status == 403;
    const std::string of_all = "the signatures in " + dialogue_.at().repository;
    fail(dialogue_.refusal(got, is_for_credentials ? of_all : what));
}

void collect_conversation::fail(fetch_failure why) {
    const bool is_refusal =
        why.cause == failure_cause::unauthorized || why.cause == failure_cause::forbidden;
    if (was_empty_ && is_refusal) {
        // The credentials before could look, and saw nothing.
        outcome_ = candidates();
        return;
    }
    outcome_ = std::move(why);
}

void collect_conversation::fail(failure_cause cause, std::string detail) {
    fail(dialogue_.failure(cause, std::move(detail)));
}

void collect_conversation::finish(tick_time now) {
    if (slots_.empty() && !has_seen_ && dialogue_.use_next_credential(now)) {
        was_empty_ = true;
        pages_ = 0;
        start();
        return;
    }
    std::ranges::stable_sort(slots_, {}, [](const slot& one) { return one.made.store; });
    candidates made;
    made.reserve(slots_.size());
    for (slot& one : slots_) {
        made.push_back(std::move(one.made));
    }
    outcome_ = std::move(made);
}

} // namespace gatehouse::server
