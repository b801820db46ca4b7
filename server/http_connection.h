#pragma once
// One connection of the HTTP client: connects, tunnels through a proxy, makes TLS, carries exchanges one
// after the other. Each step ends with an error, or by `end`, which the client's deadline calls. Loop
// thread only; used by http_client.

#include "policy/evidence.h"
#include "server/carry_exchange.h"
#include "server/http_message.h"
#include "server/net.h"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace gatehouse::server {

class http_connection {
  public:
    /// Plain HTTP where `tls` is null. `host` is the name that the certificate must have.
    http_connection(
        loop& runs_on,
        std::shared_ptr<asio::ssl::context> tls,
        std::string host,
        http_peers peers = http_peers::registries
    );
    http_connection(const http_connection&) = delete;
    http_connection& operator=(const http_connection&) = delete;
    ~http_connection();

    /// Each returns an empty `detail` where it went well.
    [[nodiscard]] awaitable<policy::fetch_failure> connect(tcp::endpoint to);
    [[nodiscard]] awaitable<policy::fetch_failure> open_tunnel(
        std::string host,
        std::uint16_t port
    );
    [[nodiscard]] awaitable<policy::fetch_failure> make_tls();
    [[nodiscard]] awaitable<exchanged> exchange(http_request request);

    /// Between two exchanges: open, and nothing has come that nobody asked for.
    [[nodiscard]] bool is_quiet();

    /// Whatever runs fails; what for is said by the caller.
    void end() noexcept;

  private:
    struct streams;
    std::unique_ptr<streams> streams_;
    std::string host_;
    http_peers peers_;
};

} // namespace gatehouse::server
