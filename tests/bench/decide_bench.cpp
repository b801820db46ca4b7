// What a review costs in this process, without any socket: the whole way from body to answer, decoding
// alone, deciding alone. Prints a JSON array with one object for each body and policy file.

#include "policy/decide.h"
#include "policy/document/parse.h"
#include "server/admission/judge.h"
#include "server/admission/review.h"
#include "tests/bench/stopwatch.h"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace gatehouse;
using namespace gatehouse::bench;

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

policy::policy_set read_policies(const std::string& path) {
    const policy::policy_source source{.name = path, .text = read_file(path)};
    policy::parsed_policies parsed = policy::parse_policies(std::span(&source, 1));
    if (!parsed.errors.empty()) {
        throw std::runtime_error(parsed.errors.front().text());
    }
    return policy::policy_set(std::move(parsed.policies));
}

/// A body with the bytes behind it that the parser may read.
class padded_text {
  public:
    explicit padded_text(std::string text) : bytes_(std::move(text)), size_(bytes_.size()) {
        bytes_.resize(size_ + simdjson::SIMDJSON_PADDING);
    }
    [[nodiscard]] std::span<const char> body() const { return {bytes_.data(), size_}; }

  private:
    std::string bytes_;
    std::size_t size_;
};

struct subject {
    std::span<const char> body;
    const policy::policy_set& policies;
    std::chrono::milliseconds batch;
    std::chrono::sys_seconds now{std::chrono::sys_days{std::chrono::year{2027} / 1 / 15}};
};

void require(bool holds, std::string_view what) {
    if (!holds) {
        throw std::runtime_error(std::string(what));
    }
}

cost whole(const subject& given, simdjson::dom::parser& parser) {
    std::size_t wrong = 0;
    const cost out = cost_of(given.batch, [&] {
        const auto judged = server::judge_review(given.body, parser, given.policies, given.now);
        wrong += judged.outcome.decision == "allow" ? 0U : 1U;
    });
    require(wrong == 0, "a review was not allowed");
    return out;
}

cost decoding(const subject& given, simdjson::dom::parser& parser) {
    std::size_t wrong = 0;
    const cost out = cost_of(given.batch, [&] {
        std::array<std::byte, 16 * 1024> first;
        policy::arena memory(first);
        const auto review = server::decode_review(given.body, parser, memory);
        wrong += review.kind == server::review_kind::judged ? 0U : 1U;
    });
    require(wrong == 0, "a review was not decoded");
    return out;
}

struct decided {
    cost each;
    std::size_t matched = 0;
};

decided deciding(const subject& given, simdjson::dom::parser& parser) {
    policy::arena memory;
    const auto review = server::decode_review(given.body, parser, memory);
    std::size_t wrong = 0;
    const cost each = cost_of(given.batch, [&] {
        const policy::verdict verdict =
            policy::decide(policy::make_plan(review.request, given.policies, given.now));
        wrong += verdict.allowed() ? 0U : 1U;
    });
    require(wrong == 0, "a review was not allowed");
    return {each, policy::make_plan(review.request, given.policies, given.now).policies.size()};
}

std::string measure(const subject& given) {
    simdjson::dom::parser parser;
    const cost all = whole(given, parser);
    const cost decode = decoding(given, parser);
    const decided decide = deciding(given, parser);
    return fmt::format(
        R"({{"bytes": {}, "policies": {}, "matched": {}, "judge_ns": {:.0f}, )"
        R"("judge_allocations": {:.1f}, "decode_ns": {:.0f}, "decode_allocations": {:.1f}, )"
        R"("decide_ns": {:.0f}, "decide_allocations": {:.1f}}})",
        given.body.size(),
        given.policies.all().size(),
        decide.matched,
        all.nanoseconds,
        all.allocations,
        decode.nanoseconds,
        decode.allocations,
        decide.each.nanoseconds,
        decide.each.allocations
    );
}

void run(
    const std::vector<std::string>& bodies,
    const std::vector<std::string>& policies,
    std::chrono::milliseconds batch
) {
    std::string out;
    for (const std::string& set_file : policies) {
        const policy::policy_set set = read_policies(set_file);
        for (const std::string& body_file : bodies) {
            const padded_text text(read_file(body_file));
            out += (out.empty() ? "[" : ",\n ")
                   + measure({.body = text.body(), .policies = set, .batch = batch});
        }
    }
    std::puts((out + "]").c_str());
}

} // namespace

int main(int argc, char** argv) {
    try {
        CLI::App app("Times judging AdmissionReviews in this process");
        std::vector<std::string> bodies;
        std::vector<std::string> policies;
        int batch_ms = 100;
        app.add_option("--body", bodies)->required()->check(CLI::ExistingFile);
        app.add_option("--policies", policies)->required()->check(CLI::ExistingFile);
        app.add_option("--batch-ms", batch_ms)->check(CLI::Range(1, 10'000));
        CLI11_PARSE(app, argc, argv);
        run(bodies, policies, std::chrono::milliseconds{batch_ms});
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "decide_bench: %s\n", error.what());
        return 1;
    }
}
