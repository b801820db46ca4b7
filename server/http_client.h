#pragma once
// The one HTTP client: pooled connections over TLS (or plain HTTP where a listed registry says so), each to
// an address that was checked before it was connected to, every step inside the caller's deadline, every
// answer inside the caller's limit. Cheap in code rather than in CPU: its cost is the network's. Loop
// thread only.

#include "policy/document/server_configuration.h"
#include "server/clock.h"
#include "server/conversation_limits.h"
#include "server/http_exchange.h"
#include "server/net.h"
#include "server/resolver.h"

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace gatehouse::server {

/// Immutable once given to a client.
struct http_client_settings {
    /// PEM of the certificate authorities to trust, by http_request::registry; the system's for others.
    std::map<std::string, std::string, std::less<>> authorities = {};
    std::optional<policy::proxy_settings> proxy = {};
    http_peers peers = http_peers::registries;
};

class http_client final : public http_exchange {
  public:
    static constexpr std::chrono::seconds most_idle{30};
    static constexpr std::size_t most_idle_connections = 32;
    static constexpr std::chrono::seconds connect_limit{3};

    /// `time` outlives this, which outlives what it sends.
    http_client(loop& runs_on, const clock& time, http_client_settings settings);
    ~http_client() override;

    /// For exchanges that begin from now on; idle connections of before are closed.
    void use(http_client_settings settings);

    [[nodiscard]] awaitable<policy::fact<http_response>> send(
        http_request request,
        tick_time deadline
    ) override;

  private:
    class connection;
    struct trust;
    using connection_ptr = std::shared_ptr<connection>;
    struct idle_connection {
        std::string key;
        connection_ptr at;
        tick_time since;
    };

    [[nodiscard]] connection_ptr take_idle(const std::string& key);
    void keep(std::string key, connection_ptr used);
    [[nodiscard]] awaitable<policy::fact<connection_ptr>> connect(
        http_request request,
        tick_time deadline
    );
    [[nodiscard]] awaitable<policy::fact<resolver::addresses>> allowed_addresses(
        std::string host,
        bool is_trusted,
        tick_time deadline
    );

    loop& loop_;
    const clock& time_;
    resolver resolver_;
    conversation_limits limits_;
    std::shared_ptr<const trust> trust_;
    std::list<idle_connection> idle_; ///< the one used last at the back
};

} // namespace gatehouse::server
