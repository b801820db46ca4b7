#include "server/commands/certs_rotate.h"

#include "policy/text.h"
#include "server/certificates/examine.h"
#include "server/clock.h"
#include "server/commands/usage_error.h"
#include "server/duration.h"
#include "server/kube/events.h"
#include "server/kube/session.h"
#include "server/registration/compare.h"
#include "server/time_text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

namespace gatehouse::server {
namespace {

constexpr std::chrono::milliseconds look_period{500};

struct rotate_flags {
    std::string secret;
    std::string configuration;
    std::string only;
    std::string timeout = "10m";
    bool waits = false;
};

struct rotation_wish {
    kube_place secret;
    kube_place configuration; ///< without a name: nobody asked about it
    std::string what;         ///< "ca" or "certificate"
    std::chrono::nanoseconds timeout{};
    bool waits = false;
};

void say(const std::string& text) {
    fmt::print("{} {}\n", utc_text(machine_clock().now()), text);
    std::fflush(stdout);
}

int fail(const std::string& why) {
    fmt::print(stderr, "gatehouse certs rotate: {}\n", why);
    return 1;
}

/// The Secret, which makes sense.
struct looked {
    secret_contents contents;
    rotation_phase phase = rotation_phase::at_rest;
    std::string version;
};

awaitable<std::variant<looked, std::string>> look(api_client* api, kube_place place) {
    auto found = co_await api->get(std::move(place));
    if (const auto* failure = std::get_if<api_failure>(&found)) {
        co_return failure->text;
    }
    const auto& object = std::get<nlohmann::json>(found);
    auto contents = contents_of(object);
    if (!contents) {
        co_return contents.error().detail();
    }
    const auto examined = examine(contents.value());
    if (!examined) {
        co_return examined.error().detail();
    }
    looked out;
    out.contents = std::move(contents).value();
    out.phase = examined.value().phase();
    out.version = resource_version_of(object);
    co_return out;
}

/// Why `bundle` is not the caBundle of the registration; empty where it is, or nobody asked.
awaitable<std::string> unpublished(api_client* api, const rotation_wish* wish, std::string bundle) {
    if (wish->configuration.name.empty()) {
        co_return std::string();
    }
    auto found = co_await api->get(wish->configuration);
    if (const auto* failure = std::get_if<api_failure>(&found)) {
        co_return failure->text;
    }
    const bool is_published = bundle_of(std::get<nlohmann::json>(found)) == std::optional(bundle);
    co_return is_published ? "" : "its CA is not yet the caBundle of the registration";
}

awaitable<int> follow(kube_session* session, const rotation_wish* wish, secret_contents before) {
    const auto end = steady::now() + wish->timeout;
    std::string last;
    steady_timer pause(session->runs_on());
    std::string trouble = "the leader has not begun";
    while (steady::now() < end) {
        auto found = co_await look(&session->client(), wish->secret);
        if (auto* now = std::get_if<looked>(&found)) {
            const std::string phase(name_of(now->phase));
            const bool is_begun = now->contents.rotate.empty() && now->contents.leaf != before.leaf;
            if (now->contents.bundle != before.bundle && phase != last) {
                say("phase " + phase);
                last = phase;
            }
            const std::string why =
                co_await unpublished(&session->client(), wish, now->contents.bundle);
            if (is_begun && now->phase == rotation_phase::at_rest && why.empty()) {
                say("done");
                co_return 0;
            }
            trouble = fmt::format("phase {}{}{}", phase, why.empty() ? "" : "; ", why);
        } else {
            trouble = std::get<std::string>(found);
        }
        pause.expires_after(look_period);
        co_await pause.async_wait(use_token);
    }
    co_return fail("not done in time: " + trouble);
}

awaitable<int> ask(kube_session* session, const rotation_wish* wish) {
    auto found = co_await look(&session->client(), wish->secret);
    auto* before = std::get_if<looked>(&found);
    if (before == nullptr) {
        co_return fail(std::get<std::string>(found));
    }
    if (before->phase != rotation_phase::at_rest) {
        co_return fail(fmt::format(
            "a rotation is under way already (phase {}); ask again when it is steady",
            name_of(before->phase)
        ));
    }
    nlohmann::json patch;
    patch["metadata"]["annotations"][rotate_annotation] = wish->what;
    patch["metadata"]["resourceVersion"] = before->version;
    auto asked = co_await session->client().merge(wish->secret, std::move(patch));
    if (const auto* failure = std::get_if<api_failure>(&asked)) {
        co_return fail(failure->text);
    }
    say(fmt::format("asked the leader to renew the {}", wish->what));
    if (!wish->waits) {
        co_return 0;
    }
    const int status = co_await follow(session, wish, before->contents);
    co_return status;
}

int rotate(const rotate_flags& typed) {
    const auto refuse = [](const std::string& why) {
        fail(why);
        return usage_error;
    };
    const auto secret = parse_namespaced_name(typed.secret);
    if (!secret) {
        return refuse(
            fmt::format("--secret: {} {}", policy::quoted(typed.secret), secret.error().detail())
        );
    }
    if (!typed.configuration.empty() && !is_object_name(typed.configuration)) {
        return refuse("--webhook-configuration-name: the name of an object is needed");
    }
    const auto timeout = parse_duration(typed.timeout);
    if (!timeout || *timeout > std::chrono::hours(24)) {
        return refuse("--timeout: a duration up to 24h is needed, such as 10m");
    }
    auto at = find_api_server(process_environment());
    if (!at) {
        return refuse(at.error().detail());
    }
    const rotation_wish wish{
        {kube_resource::secrets, secret.value().space, secret.value().name},
        {kube_resource::validating_webhook_configurations, {}, typed.configuration},
        typed.only.empty() ? "ca" : typed.only,
        *timeout,
        typed.waits};
    const machine_clock time;
    kube_session session(time, std::move(at).value());
    return session.run(ask(&session, &wish));
}

} // namespace

void add_certs_rotate(CLI::App& app, int& status) {
    const auto typed = std::make_shared<rotate_flags>();
    CLI::App* command =
        app.add_subcommand("rotate", "Ask the leader for a new CA and certificate now");
    command->add_option("--secret", typed->secret, "Secret that the leader keeps")
        ->type_name("NAMESPACE/NAME")
        ->required();
    command->add_option(
        "--webhook-configuration-name",
        typed->configuration,
        "wait for the caBundle of this ValidatingWebhookConfiguration as well"
    );
    command->add_option("--only", typed->only, "certificate: another one by the same CA")
        ->check(CLI::IsMember({"certificate"}));
    command->add_flag("--wait", typed->waits, "until it is done, telling the phases as they come");
    command->add_option("--timeout", typed->timeout, "of --wait (default 10m)");
    command->callback([typed, &status] { status = rotate(*typed); });
}

} // namespace gatehouse::server
