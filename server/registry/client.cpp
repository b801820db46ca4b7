#include "server/registry/client.h"

#include "server/image/fetch_account_files.h"
#include "server/registry/collect.h"
#include "server/registry/drive.h"
#include "server/registry/platforms.h"
#include "server/registry/resolve.h"

#include <utility>

namespace gatehouse::server {
namespace {

policy::fetch_failure nowhere(std::string_view name) {
    return {
        policy::failure_cause::malformed, "there is no registry for " + std::string(name), false};
}

/// An equal part of the time for each endpoint that is left, so that a silent mirror leaves some to the rest.
tick_time share(tick_time now, tick_time deadline, std::size_t left) {
    return now + (deadline - now) / static_cast<tick_time::rep>(left);
}

} // namespace

awaitable<policy::fact<policy::digest>> registry_client::resolve(
    policy::reference image,
    tick_time deadline
) {
    const settings now = settings_;
    policy::fact<policy::digest> last = nowhere(image.name());
    std::vector<endpoint> places = endpoints_of(*now, image.name());
    std::size_t left = places.size();
    for (endpoint& at : places) {
        const tick_time until = share(time_.ticks(), deadline, left--);
        resolve_conversation talk(std::move(at), std::string(image.tag()), memory_, until);
        last = co_await drive(talk, exchange_, time_, until);
        const auto state = co_await asio::this_coro::cancellation_state;
        const bool is_over = state.cancelled() != asio::cancellation_type::none;
        if (is_over || std::holds_alternative<policy::digest>(last)) {
            break;
        }
    }
    co_return last;
}

awaitable<policy::fact<std::vector<policy::signature_candidate>>> registry_client::candidates(
    std::string repository,
    policy::digest image,
    tick_time deadline
) {
    using found = std::vector<policy::signature_candidate>;
    const settings now = settings_;
    policy::fact<found> last = nowhere(repository);
    std::vector<endpoint> places = endpoints_of(*now, repository);
    std::size_t left = places.size();
    for (endpoint& at : places) {
        const tick_time until = share(time_.ticks(), deadline, left--);
        collect_conversation talk(std::move(at), image, memory_, until);
        last = co_await drive(talk, exchange_, time_, until);
        const auto state = co_await asio::this_coro::cancellation_state;
        const bool is_over = state.cancelled() != asio::cancellation_type::none;
        const auto* have = std::get_if<found>(&last);
        if (is_over || (have != nullptr && !have->empty())) {
            break;
        }
    }
    co_return last;
}

awaitable<policy::fact<std::vector<policy::platform_image>>> registry_client::platforms(
    std::string repository,
    policy::digest image,
    tick_time deadline
) {
    using found = std::vector<policy::platform_image>;
    const settings now = settings_;
    policy::fact<found> last = nowhere(repository);
    std::vector<endpoint> places = endpoints_of(*now, repository);
    std::size_t left = places.size();
    for (endpoint& at : places) {
        const tick_time until = share(time_.ticks(), deadline, left--);
        platforms_conversation talk(std::move(at), image, memory_, until);
        last = co_await drive(talk, exchange_, time_, until);
        const auto state = co_await asio::this_coro::cancellation_state;
        const bool is_over = state.cancelled() != asio::cancellation_type::none;
        if (is_over || std::holds_alternative<found>(last)) {
            break;
        }
    }
    co_return last;
}

awaitable<policy::fact<policy::account_files>> registry_client::account_files(
    std::string repository,
    policy::digest manifest,
    tick_time deadline
) {
    const settings now = settings_;
    policy::fact<policy::account_files> last = nowhere(repository);
    std::vector<endpoint> places = endpoints_of(*now, repository);
    std::size_t left = places.size();
    for (endpoint& at : places) {
        const tick_time until = share(time_.ticks(), deadline, left--);
        const layer_access with{exchange_, memory_, time_};
        last = co_await fetch_account_files(
            with, std::move(at), manifest, now->configuration.limits, until
        );
        const auto state = co_await asio::this_coro::cancellation_state;
        const bool is_over = state.cancelled() != asio::cancellation_type::none;
        if (is_over || std::holds_alternative<policy::account_files>(last)) {
            break;
        }
    }
    co_return last;
}

} // namespace gatehouse::server
