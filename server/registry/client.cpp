#include "server/registry/client.h"

#include "server/registry/collect.h"
#include "server/registry/drive.h"
#include "server/registry/resolve.h"

#include <utility>

namespace gatehouse::server {
namespace {

policy::fetch_failure nowhere(std::string_view name) {
    return {
        policy::failure_cause::malformed, "there is no registry for " + std::string(name), false};
}

} // namespace

awaitable<policy::fact<policy::digest>> registry_client::resolve(
    policy::reference image,
    tick_time deadline
) {
    const settings now = settings_;
    policy::fact<policy::digest> last = nowhere(image.name());
    for (endpoint& at : endpoints_of(*now, image.name())) {
        resolve_conversation talk(std::move(at), std::string(image.tag()), tokens_, deadline);
        last = co_await drive(talk, exchange_, time_, deadline);
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
    for (endpoint& at : endpoints_of(*now, repository)) {
        collect_conversation talk(std::move(at), image, tokens_, deadline);
        last = co_await drive(talk, exchange_, time_, deadline);
        const auto state = co_await asio::this_coro::cancellation_state;
        const bool is_over = state.cancelled() != asio::cancellation_type::none;
        const auto* have = std::get_if<found>(&last);
        if (is_over || (have != nullptr && !have->empty())) {
            break;
        }
    }
    co_return last;
}

} // namespace gatehouse::server
