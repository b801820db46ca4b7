#include "server/registry/layers.h"

#include "policy/text.h"
#include "server/registry/oci_manifest.h"

#include <fmt/format.h>

namespace gatehouse::server {

layers_conversation::layers_conversation(
    endpoint at,
    policy::digest manifest,
    access_memory& memory,
    tick_time deadline
)
    : dialogue_(std::move(at), memory, deadline), manifest_(std::move(manifest)) {
    ask();
}

void layers_conversation::ask() {
    call made;
    made.target = "/manifests/" + manifest_.text();
    made.accept = manifest_types();
    made.most_body_bytes = longest_manifest;
    dialogue_.ask(std::move(made));
}

void layers_conversation::give(std::size_t id, policy::fact<http_response> answer, tick_time now) {
    dialogue_.give(id, std::move(answer), now);
    while (auto done = dialogue_.take_answer()) {
        take(std::move(done->response), now);
    }
}

void layers_conversation::take(policy::fact<http_response> answer, tick_time now) {
    if (auto* failed = std::get_if<policy::fetch_failure>(&answer)) {
        outcome_ = std::move(*failed);
        return;
    }
    const auto& got = std::get<http_response>(answer);
    if (got.status == 404 && dialogue_.use_next_credential(now)) {
        ask();
        return;
    }
    if (got.status != 200) {
        outcome_ = dialogue_.refusal(
            got, fmt::format("{}@{}", dialogue_.at().repository, manifest_.text())
        );
        return;
    }
    const auto read = parse_runnable_manifest(got.body, manifest_);
    if (!read) {
        fail(read.error().detail());
        return;
    }
    const std::vector<descriptor>& listed = read.value().layers;
    if (read.value().has_list || !read.value().has_layers) {
        fail("lists no layers");
        return;
    }
    layers made;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        const auto compression = layer_compression_of(listed[i].media_type);
        if (!compression || !listed[i].digest || !listed[i].size) {
            fail(fmt::format(
                "has a layer {} that cannot be read: its type is {}",
                i + 1,
                policy::quoted(listed[i].media_type, 100)
            ));
            return;
        }
        made.push_back({*listed[i].digest, *listed[i].size, *compression, i, listed.size()});
    }
    outcome_ = std::move(made);
}

void layers_conversation::fail(std::string_view problem) {
    outcome_ = dialogue_.failure(
        policy::failure_cause::malformed,
        fmt::format(
            "the manifest {} of {} {}", manifest_.text(), dialogue_.at().repository, problem
        )
    );
}

} // namespace gatehouse::server
