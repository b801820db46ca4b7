#pragma once
// One HTTP exchange with another host, as the code that needs one sees it: the registry client and the
// Kubernetes client call it, http_client.h implements it over sockets, tests in memory. What comes back is
// a whole answer of any status, or why there is none; redirects and authentication are the caller's.

#include "policy/evidence.h"
#include "server/clock.h"
#include "server/http_message.h"
#include "server/net.h"

namespace gatehouse::server {

class http_exchange {
  public:
    http_exchange() = default;
    http_exchange(const http_exchange&) = delete;
    http_exchange& operator=(const http_exchange&) = delete;
    virtual ~http_exchange() = default;

    /// Exactly one exchange; never retried behind the caller's back once bytes of an answer came. The body
    /// is complete (a connection that ended early is failure_cause::connect) and at most
    /// request.most_body_bytes long (beyond: too_large). Every connection is held to the address rule:
    /// private addresses only where request.registry names an entry of the configuration. May be called
    /// many times at once from one strand; cancelling the awaiting coroutine ends the exchange.
    [[nodiscard]] virtual awaitable<policy::fact<http_response>> send(
        http_request request,
        tick_time deadline
    ) = 0;
};

} // namespace gatehouse::server
