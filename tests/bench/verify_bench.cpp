// What verifying one signature costs in this process, from the candidate's bytes to the fact: a payload as
// cosign writes it, by a key of each kind. Prints a JSON array with one object a key.

#include "policy/signature/verify.h"
#include "tests/bench/stopwatch.h"
#include "tests/support/signed_image.h"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

namespace {

using namespace gatehouse;

std::string measure(const char* kind, std::chrono::milliseconds batch) {
    const testing_support::signing_key key(kind);
    const auto half = testing_support::public_half(key);
    const auto image = testing_support::signed_image();
    const auto candidate =
        testing_support::simple_signing(key, testing_support::simple_signing_payload().dump());
    std::size_t wrong = 0;
    const bench::cost each = bench::cost_of(batch, [&] {
        const auto outcome = policy::verify(candidate, *half, image);
        wrong += outcome.answer == policy::signature_answer::match ? 0U : 1U;
    });
    if (wrong != 0) {
        throw std::runtime_error(fmt::format("a signature by {} did not match", kind));
    }
    return fmt::format(
        R"({{"key": "{}", "verify_ns": {:.0f}, "allocations": {:.1f}}})",
        kind,
        each.nanoseconds,
        each.allocations
    );
}

} // namespace

int main(int argc, char** argv) {
    try {
        CLI::App app("Times verifying signatures in this process");
        int batch_ms = 100;
        app.add_option("--batch-ms", batch_ms)->check(CLI::Range(1, 10'000));
        CLI11_PARSE(app, argc, argv);
        std::string out;
        for (const char* kind : std::array{"P-256", "P-384", "RSA:2048", "ED25519", "SM2"}) {
            out +=
                (out.empty() ? "[" : ",\n ") + measure(kind, std::chrono::milliseconds{batch_ms});
        }
        std::puts((out + "]").c_str());
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "verify_bench: %s\n", error.what());
        return 1;
    }
}
