// What evidence that is known costs a review in this process, without any socket: the whole way from body to
// answer through handler and fact cache, for the policies of each file in turn. Prints a JSON array with one
// object for each.

#include "policy/document/parse.h"
#include "server/fact_cache.h"
#include "server/handlers/admission.h"
#include "server/padded_buffer.h"
#include "tests/bench/stopwatch.h"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace gatehouse;
using namespace gatehouse::server;

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<const policy::policy_set> read_policies(const std::string& path) {
    const policy::policy_source source{.name = path, .text = read_file(path)};
    policy::parsed_policies parsed = policy::parse_policies(std::span(&source, 1));
    if (!parsed.errors.empty()) {
        throw std::runtime_error(parsed.errors.front().text());
    }
    return std::make_shared<const policy::policy_set>(std::move(parsed.policies));
}

/// Every image has as many signatures, and a user with a name on two platforms.
class generous_store final : public evidence_store {
  public:
    explicit generous_store(std::size_t signatures) : signatures_(signatures) {}
    awaitable<policy::fact<policy::digest>> resolve(policy::reference image, tick_time) override {
        co_return policy::digest::of(image.text());
    }
    awaitable<policy::fact<std::vector<policy::signature_candidate>>> candidates(
        std::string repository,
        policy::digest image,
        tick_time
    ) override {
        std::vector<policy::signature_candidate> found(signatures_);
        for (std::size_t i = 0; i < found.size(); ++i) {
            found[i].content = fmt::format("{}@{} {:>100}", repository, image.text(), i);
            found[i].signature.assign(96, 's');
            found[i].where = fmt::format("sha256-{}.sig layer {}", image.hex(), i + 1);
        }
        co_return found;
    }
    awaitable<policy::fact<std::vector<policy::platform_image>>> platforms(
        std::string,
        policy::digest image,
        tick_time
    ) override {
        std::vector<policy::platform_image> found;
        for (const char* architecture : {"amd64", "arm64"}) {
            found.push_back({"linux", architecture, "", policy::digest::of(image.text()), "app"});
        }
        co_return found;
    }
    awaitable<policy::fact<policy::account_files>> account_files(
        std::string,
        policy::digest,
        tick_time
    ) override {
        policy::account_files found{std::string(), std::string()};
        for (int i = 0; i < 20; ++i) {
            *found.passwd += fmt::format("user-{0}:x:{0}:{0}::/:/bin/false\n", i);
            *found.group += fmt::format("group-{0}:x:{0}:\n", i);
        }
        *found.passwd += "app:x:1001:1001::/:/bin/sh\n";
        *found.group += "staff:x:1050:app\n";
        co_return found;
    }

  private:
    std::size_t signatures_;
};

/// What a signature comes to that cosign makes, without the arithmetic.
policy::signature_outcome believe(
    const policy::signature_candidate& candidate,
    const policy::public_key& key,
    const policy::digest& image
) {
    policy::signature_outcome out;
    out.answer = policy::signature_answer::match;
    out.fact.emplace(policy::verified_signature{
        .subject = image,
        .key = key.id(),
        .identity = candidate.content.substr(0, candidate.content.find('@')),
        .annotations = {{"build", "1"}},
        .where = candidate.where});
    return out;
}

class allowed_only final : public review_observer {
  public:
    std::size_t refused = 0;
    void reviewed(const review_outcome& outcome, steady::duration, std::size_t) override {
        refused += outcome.decision == "allow" ? 0U : 1U;
    }
};

class warm_review {
  public:
    warm_review(const std::string& text, std::size_t signatures)
        : body_(text.size() + body_padding) {
        std::memcpy(body_.all().data(), text.data(), text.size());
        request_.body = std::as_const(body_).all().first(text.size());
        request_.received = steady::now() + std::chrono::hours(1);
        facts_.use(std::make_shared<generous_store>(signatures), {}, {});
    }

    std::string measure(const std::string& path, std::chrono::milliseconds batch) {
        policies_ = read_policies(path);
        learn();
        const bench::cost each = bench::cost_of(batch, [&] {
            const reply got = handler_.answer(request_);
            late_ += std::holds_alternative<response>(got) ? 0U : 1U;
        });
        if (seen_.refused + late_ != 0) {
            throw std::runtime_error("a review was not allowed at once");
        }
        return fmt::format(
            R"({{"judge_ns": {:.0f}, "judge_allocations": {:.1f}}})",
            each.nanoseconds,
            each.allocations
        );
    }

  private:
    static awaitable<void> take(awaitable<response> from) { (void)co_await std::move(from); }
    /// The first review, which has to wait.
    void learn() {
        reply first = handler_.answer(request_);
        if (auto* later = std::get_if<awaitable<response>>(&first)) {
            asio::co_spawn(loop_, take(std::move(*later)), [](const std::exception_ptr& fault) {
                if (fault) {
                    std::rethrow_exception(fault);
                }
            });
            while (loop_.run_one() != 0 && facts_.lookups_under_way() != 0) {
            }
        }
    }

    padded_buffer body_;
    request_view request_;
    loop loop_{1};
    cpu_pool pool_{loop_, 1};
    byte_budget budget_;
    machine_clock time_;
    allowed_only seen_;
    std::size_t late_ = 0;
    std::shared_ptr<const policy::policy_set> policies_;
    fact_cache facts_{{loop_, pool_, time_, believe, [](std::string_view) {}}};
    admission handler_{
        {loop_, pool_, budget_, time_, seen_},
        [this] { return policies_; },
        [this](const std::vector<policy::image_want>& wants, tick_time deadline) {
            return facts_.ask(wants, deadline);
        }};
};

} // namespace

int main(int argc, char** argv) {
    try {
        CLI::App app("Times reviews whose evidence is known, in this process");
        std::string body;
        std::vector<std::string> policies;
        std::size_t signatures = 1;
        int batch_ms = 100;
        app.add_option("--body", body)->required()->check(CLI::ExistingFile);
        app.add_option("--policies", policies)->required()->check(CLI::ExistingFile);
        app.add_option("--signatures", signatures, "of each image")->check(CLI::Range(1, 100));
        app.add_option("--batch-ms", batch_ms)->check(CLI::Range(1, 10'000));
        CLI11_PARSE(app, argc, argv);
        warm_review review(read_file(body), signatures);
        std::string out;
        for (const std::string& path : policies) {
            out += (out.empty() ? "[" : ",\n ")
                   + review.measure(path, std::chrono::milliseconds{batch_ms});
        }
        std::puts((out + "]").c_str());
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "evidence_bench: %s\n", error.what());
        return 1;
    }
}
