#include "server/registry/resolve.h"

#include "policy/text.h"
#include "server/registry/oci_manifest.h"

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

using policy::failure_cause;

bool is_schema_1(std::string_view type) {
    return type.starts_with("application/vnd.docker.distribution.manifest.v1+");
}

constexpr std::string_view schema_1 =
    "is a Docker schema 1 manifest, which nodes no longer run; push the image again";

/// HEAD may be refused where GET is not.
bool says_nothing(unsigned status) {
    return status >= 400 && status < 500 && status != 401 && status != 403 && status != 404
           && status != 429;
}

} // namespace

resolve_conversation::resolve_conversation(
    endpoint at,
    std::string tag,
    access_memory& memory,
    tick_time deadline
)
    : dialogue_(std::move(at), memory, deadline),
      tag_(std::move(tag)),
      what_(fmt::format("{}:{}", dialogue_.at().repository, tag_)) {
    ask(step::head);
}

void resolve_conversation::ask(step next) {
    step_ = next;
    call what;
    what.method = next == step::head ? "HEAD" : "GET";
    what.target = "/manifests/" + tag_;
    what.accept = manifest_types();
    what.most_body_bytes = longest_manifest;
    dialogue_.ask(std::move(what));
}

void resolve_conversation::give(std::size_t id, policy::fact<http_response> answer, tick_time now) {
    dialogue_.give(id, std::move(answer), now);
    while (auto done = dialogue_.take_answer()) {
        take(std::move(done->response), now);
    }
}

void resolve_conversation::take(policy::fact<http_response> answer, tick_time now) {
    if (auto* failed = std::get_if<policy::fetch_failure>(&answer)) {
        outcome_ = std::move(*failed);
        return;
    }
    const auto& got = std::get<http_response>(answer);
    if (got.status == 404 && dialogue_.use_next_credential(now)) {
        ask(step::head);
        return;
    }
    if (step_ == step::head && (got.status == 200 || says_nothing(got.status))) {
        if (is_schema_1(media_type(got.header("content-type")))) {
            outcome_ = malformed(schema_1);
        } else if (auto found = got.status == 200 ? announced(got) : std::nullopt) {
            outcome_ = std::move(*found);
        } else {
            ask(step::get);
        }
        return;
    }
    if (got.status != 200) {
        outcome_ = dialogue_.refusal(got, what_);
        return;
    }
    outcome_ = hashed(got);
}

std::optional<policy::digest> resolve_conversation::announced(const http_response& head) const {
    auto found = policy::digest::parse(head.header("docker-content-digest"));
    const bool is_whole = is_manifest_type(media_type(head.header("content-type")))
                          && !head.header("content-length").empty();
    if (!found || !is_whole) {
        return std::nullopt;
    }
    return std::move(found.value());
}

policy::fact<policy::digest> resolve_conversation::hashed(const http_response& got) const {
    const std::string type = media_type(got.header("content-type"));
    if (is_schema_1(type)) {
        return malformed(schema_1);
    }
    const auto manifest = parse_manifest(got.body);
    if (!manifest) {
        return malformed(manifest.error().detail());
    }
    if (manifest.value().schema_version != 2) {
        return malformed(
            manifest.value().schema_version == 1 ? schema_1 : "has no schemaVersion 2"
        );
    }
    if (!is_manifest_type(type)) {
        return malformed(fmt::format("has the content type {}", policy::quoted(type)));
    }
    const std::string& own = manifest.value().media_type;
    if (!own.empty() && own != type) {
        return malformed(
            fmt::format("calls itself {} and was sent as {}", policy::quoted(own), type)
        );
    }
    const auto announced = policy::digest::parse(got.header("docker-content-digest"));
    if (announced && !announced.value().is_of(got.body)) {
        return malformed("is not what its digest says");
    }
    return announced ? announced.value() : policy::digest::of(got.body);
}

policy::fetch_failure resolve_conversation::malformed(std::string_view problem) const {
    return dialogue_.failure(
        failure_cause::malformed,
        fmt::format("{} of {} {}", policy::printable(what_), dialogue_.at().name(), problem)
    );
}

} // namespace gatehouse::server
