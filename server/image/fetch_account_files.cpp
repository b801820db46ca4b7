#include "server/image/fetch_account_files.h"

#include "server/image/layer_transfers.h"
#include "server/registry/drive.h"
#include "server/registry/layers.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace gatehouse::server {
namespace {

using files = policy::fact<policy::account_files>;

policy::fetch_failure in_image(std::string_view repository, policy::fetch_failure why) {
    const bool is_of_content = why.cause == policy::failure_cause::malformed
                               || why.cause == policy::failure_cause::too_large;
    if (is_of_content) {
        why.detail = fmt::format("{}: {}", repository, why.detail);
    }
    return why;
}

/// Until the search has its outcome or nothing more can come of it; then the first failure of a layer that it
/// could not do without.
awaitable<std::optional<policy::fetch_failure>> search_layers(
    account_search* search,
    std::shared_ptr<layer_transfers> transfers
) {
    std::optional<policy::fetch_failure> failed;
    bool is_cancelled = false;
    while (!search->outcome() && !is_cancelled && !transfers->fault()) {
        if (!failed) {
            for (layer_request& one : search->take_requests()) {
                layer_transfers::start(transfers, std::move(one));
            }
        }
        if (!transfers->has_landed() && transfers->under_way() == 0) {
            break;
        }
        if (!transfers->has_landed()) {
            co_await transfers->wait();
        }
        const auto state = co_await asio::this_coro::cancellation_state;
        is_cancelled = state.cancelled() != asio::cancellation_type::none;
        while (transfers->has_landed() && !search->outcome()) {
            auto one = transfers->take();
            auto* why = std::get_if<policy::fetch_failure>(&one.found);
            if (why == nullptr) {
                search->give(one.layer, std::get<layer_findings>(std::move(one.found)));
            } else if (!failed) {
                failed = std::move(*why);
            }
        }
    }
    transfers->cancel();
    while (transfers->under_way() > 0) {
        co_await transfers->wait();
    }
    co_return failed;
}

} // namespace

awaitable<files> fetch_account_files(
    layer_access with,
    endpoint at,
    policy::digest manifest,
    policy::layer_limits limits,
    tick_time deadline
) {
    const std::string repository = at.repository;
    const bool is_listed = !at.registry.empty();
    layers_conversation list(at, std::move(manifest), with.memory, deadline);
    auto listed = co_await drive(list, with.exchange, with.time, deadline);
    if (auto* failure = std::get_if<policy::fetch_failure>(&listed)) {
        co_return std::move(*failure);
    }
    auto layers = std::get<layers_conversation::layers>(std::move(listed));

    // A cancelled coroutine that throws at its next await could not wait for the scans to end.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    account_search search(layers.size(), limits);
    const auto transfers = std::make_shared<layer_transfers>(
        co_await asio::this_coro::executor, with, std::move(at), std::move(layers), limits, deadline
    );
    auto failed = co_await search_layers(&search, transfers);
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (transfers->fault()) {
        std::rethrow_exception(transfers->fault());
    }
    if (!search.outcome()) {
        if (failed) {
            co_return in_image(repository, std::move(*failed));
        }
        co_return policy::fetch_failure{
            policy::failure_cause::timeout, "the lookup was ended before it was done", is_listed};
    }
    if (search.outcome()->has_error()) {
        const policy::error& why = search.outcome()->error();
        const auto cause = why.code() == policy::errc::too_large ? policy::failure_cause::too_large
                                                                 : policy::failure_cause::malformed;
        co_return in_image(repository, {cause, why.detail(), is_listed});
    }
    const auto& found = search.outcome()->value();
    co_return policy::account_files{found.passwd, found.group};
}

} // namespace gatehouse::server
