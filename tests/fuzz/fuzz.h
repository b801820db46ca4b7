#pragma once
// What every fuzzed decoder shares. A decoder here is a function over the bytes of one input that ends
// the process where a claim does not hold; fuzz_main.cpp hands it to libFuzzer, replay_test.cpp runs
// it over the kept inputs. One file a decoder, named after it.

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace gatehouse::fuzzing {

void fuzz_account_search(std::string_view input);
void fuzz_accounts(std::string_view input);
void fuzz_bundle(std::string_view input);
void fuzz_challenge(std::string_view input);
void fuzz_docker_config(std::string_view input);
void fuzz_layer_gzip(std::string_view input);
void fuzz_layer_tar(std::string_view input);
void fuzz_layer_zstd(std::string_view input);
void fuzz_manifest(std::string_view input);
void fuzz_oci_manifest(std::string_view input);
void fuzz_pattern(std::string_view input);
void fuzz_pod(std::string_view input);
void fuzz_policy_document(std::string_view input);
void fuzz_public_key(std::string_view input);
void fuzz_reference(std::string_view input);
void fuzz_review(std::string_view input);
void fuzz_review_body(std::string_view input);
void fuzz_server_configuration(std::string_view input);
void fuzz_simple_signing(std::string_view input);
void fuzz_watch_events(std::string_view input);
void fuzz_yaml_tree(std::string_view input);

/// Ends the process where `holds` is false: for libFuzzer that is a find.
inline void require(bool holds, const char* claim) {
    if (!holds) {
        std::fprintf(stderr, "claim does not hold: %s\n", claim);
        std::abort();
    }
}

/// Text for people is one line of printable ASCII and not longer than `limit`.
inline void require_message(std::string_view text, std::size_t limit) {
    require(!text.empty(), "a message says something");
    require(text.size() <= limit, "a message is bounded");
    for (const char c : text) {
        require(c >= ' ' && c <= '~', "a message is printable");
    }
}

} // namespace gatehouse::fuzzing
