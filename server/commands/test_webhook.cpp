#include "server/commands/test_webhook.h"

#include "policy/text.h"
#include "server/certificates/pem.h"
#include "server/clock.h"
#include "server/commands/usage_error.h"
#include "server/duration.h"
#include "server/policy_files.h"
#include "server/standard_output.h"
#include "server/trial/ask.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

namespace gatehouse::server {
namespace {

constexpr int failed = 1;
constexpr std::size_t most_authority_bytes = std::size_t{1024} * 1024;
// Longer waits are a slip of the pen.
constexpr std::chrono::hours longest_timeout{24};

struct test_webhook_flags {
    std::string url;
    std::string authority_file;
    std::string timeout = "30s";
};

policy::result<trial> read_flags(const test_webhook_flags& typed) {
    const auto wrong = [](std::string what) {
        return policy::error{policy::errc::malformed, std::move(what)};
    };
    trial out;
    const policy::result<url> webhook = parse_url(typed.url);
    if (!webhook) {
        return wrong(fmt::format("--url: {}", webhook.error().detail()));
    }
    if (webhook.value().scheme != url_scheme::https) {
        return wrong("--url: a webhook speaks https");
    }
    out.webhook = webhook.value();
    const auto timeout = parse_duration(typed.timeout);
    if (!timeout || timeout->count() == 0 || *timeout > longest_timeout) {
        return wrong("--timeout: not a duration between 0s and 24h, such as 30s");
    }
    out.timeout = *timeout;
    if (!typed.authority_file.empty()) {
        policy::result<std::string> pem =
            read_text_file(typed.authority_file, most_authority_bytes);
        if (!pem) {
            return wrong(fmt::format(
                "--ca-file: {}: {}", policy::printable(typed.authority_file), pem.error().detail()
            ));
        }
        const auto found =
            read_certificates({policy::printable(typed.authority_file), pem.value()});
        if (!found) {
            return wrong("--ca-file: " + found.error().detail());
        }
        out.authorities = std::move(pem).value();
    }
    return out;
}

int run_test(const test_webhook_flags& typed) {
    const policy::result<trial> about = read_flags(typed);
    if (!about) {
        fmt::print(stderr, "gatehouse test-webhook: {}\n", about.error().detail());
        return usage_error;
    }
    bool is_told = true;
    const policy::result<void> done =
        ask_webhook(about.value(), machine_clock(), [&is_told](std::string_view line) {
            is_told = write_to_stdout(line) && is_told;
        });
    if (!done) {
        fmt::print(
            stderr,
            "gatehouse test-webhook: {}: {}\n",
            policy::printable(typed.url),
            done.error().detail()
        );
        return failed;
    }
    return is_told ? 0 : failed;
}

} // namespace

void add_test_webhook(CLI::App& app, int& status) {
    const auto typed = std::make_shared<test_webhook_flags>();
    CLI::App* command = app.add_subcommand(
        "test-webhook", "Ask a running webhook about a review to allow and one to deny"
    );
    command->add_option("--url", typed->url, "The webhook: https://HOST[:PORT]/validate")
        ->type_name("URL")
        ->required();
    command
        ->add_option(
            "--ca-file",
            typed->authority_file,
            "Certificate authorities in PEM; without, the system's"
        )
        ->type_name("FILE");
    command
        ->add_option(
            "--timeout", typed->timeout, "For all together; until then it tries again to reach it"
        )
        ->type_name("DURATION")
        ->capture_default_str();
    command->callback([typed, &status] { status = run_test(*typed); });
}

} // namespace gatehouse::server
