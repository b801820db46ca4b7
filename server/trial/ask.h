#pragma once
// Puts the reviews of a trial to a webhook, as an API server would: one after the other, over TLS by an
// authority that is given. Used by `gatehouse test-webhook`; owns a loop of its own and blocks until the end.

#include "policy/result.h"
#include "server/clock.h"
#include "server/registry/url.h"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace gatehouse::server {

struct trial {
    url webhook;
    std::string authorities; ///< PEM; empty: the system's
    /// For all together. Until then a webhook that cannot be reached is tried again: of a Service that is new,
    /// not every node knows yet where it leads.
    std::chrono::nanoseconds timeout{};
};

/// Tells `say` what each answer says. Error: what is wrong, of the first that is.
[[nodiscard]] policy::result<void> ask_webhook(
    const trial& about,
    const clock& time,
    const std::function<void(std::string_view)>& say
);

} // namespace gatehouse::server
