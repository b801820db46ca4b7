#include "server/http_client.h"

#include "server/addresses.h"
#include "server/http_connection.h"
#include "server/proxy_rules.h"

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::failure_cause;
using policy::fetch_failure;

std::shared_ptr<asio::ssl::context> make_context(const std::string* authorities) {
    auto out = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(out->native_handle(), TLS1_2_VERSION);
    out->set_verify_mode(asio::ssl::verify_peer);
    error_code failure;
    if (authorities == nullptr) {
        out->set_default_verify_paths(failure);
    } else {
        out->add_certificate_authority(asio::buffer(*authorities), failure);
    }
    // Without authorities no certificate is trusted, which the handshake then says.
    ERR_clear_error();
    return out;
}

std::string key_of(const http_request& request) {
    return fmt::format(
        "{}|{}|{}|{}",
        request.scheme == url_scheme::https ? "https" : "http",
        request.host,
        request.port,
        request.registry
    );
}

fetch_failure late(std::string_view host) {
    return {failure_cause::timeout, fmt::format("{} did not answer in time", shown_host(host))};
}

bool is_repeatable(const http_request& request) {
    return request.method == "GET" || request.method == "HEAD";
}

/// Whoever reads of a registry has only written the name of an image.
std::string_view unknown_name_remedy(http_peers peers) {
    return peers == http_peers::registries ? "check the image's registry" : resolver::usual_remedy;
}

} // namespace

class http_client::connection final : public http_connection {
  public:
    using http_connection::http_connection;
};

/// What connections are made by: one immutable set.
struct http_client::trust {
    explicit trust(http_client_settings from) : proxy(std::move(from.proxy)), peers(from.peers) {
        for (const auto& [registry, pem] : from.authorities) {
            contexts.emplace(registry, make_context(&pem));
        }
    }

    [[nodiscard]] std::shared_ptr<asio::ssl::context> context_of(const std::string& registry
    ) const {
        const auto own = contexts.find(registry);
        if (own != contexts.end()) {
            return own->second;
        }
        if (!system) {
            system = make_context(nullptr);
        }
        return system;
    }

    /// The proxy that this host is reached through, if any.
    [[nodiscard]] std::optional<proxy_address> proxy_for(const http_request& request) const {
        if (!proxy || request.scheme != url_scheme::https
            || goes_around_proxy(request.host, proxy->no_proxy)) {
            return std::nullopt;
        }
        return parse_proxy(proxy->https);
    }

    std::map<std::string, std::shared_ptr<asio::ssl::context>, std::less<>> contexts;
    /// Made when it is first needed: the system's authorities are 40 ms and 3 MB.
    mutable std::shared_ptr<asio::ssl::context> system;
    std::optional<policy::proxy_settings> proxy;
    http_peers peers;
};

http_client::http_client(loop& runs_on, const clock& time, http_client_settings settings)
    : loop_(runs_on),
      time_(time),
      resolver_(runs_on, time, {}, unknown_name_remedy(settings.peers)),
      limits_(runs_on, exchange_bounds),
      trust_(std::make_shared<const trust>(std::move(settings))) {}

http_client::~http_client() = default;

void http_client::use(http_client_settings settings) {
    trust_ = std::make_shared<const trust>(std::move(settings));
    idle_.clear();
}

http_client::connection_ptr http_client::take_idle(const std::string& key) {
    const tick_time oldest = time_.ticks() - most_idle;
    std::erase_if(idle_, [oldest](const idle_connection& one) { return one.since < oldest; });
    for (;;) {
        const auto at = std::find_if(idle_.rbegin(), idle_.rend(), [&](const idle_connection& one) {
            return one.key == key;
        });
        if (at == idle_.rend()) {
            return nullptr;
        }
        connection_ptr out = std::move(at->at);
        idle_.erase(std::next(at).base());
        if (out->is_quiet()) {
            return out;
        }
    }
}

void http_client::keep(std::string key, connection_ptr used) {
    idle_.push_back({std::move(key), std::move(used), time_.ticks()});
    if (idle_.size() > most_idle_connections) {
        idle_.pop_front();
    }
}

awaitable<policy::fact<resolver::addresses>> http_client::allowed_addresses(
    std::string host,
    bool is_trusted,
    tick_time deadline
) {
    auto found = co_await resolver_.resolve(host, deadline);
    if (std::holds_alternative<fetch_failure>(found) || is_trusted) {
        co_return found;
    }
    auto& addresses = std::get<resolver::addresses>(found);
    std::erase_if(addresses, [](const asio::ip::address& one) { return is_internal(one); });
    if (addresses.empty()) {
        co_return fetch_failure{
            failure_cause::forbidden_address,
            fmt::format(
                "{} is at a private address, which is asked only for registries listed in the "
                "ServerConfiguration",
                shown_host(host)
            )};
    }
    co_return found;
}

awaitable<policy::fact<http_client::connection_ptr>> http_client::connect(
    http_request request,
    tick_time deadline
) {
    const auto with = trust_;
    const auto proxy = with->proxy_for(request);
    // The administrator names proxies and listed registries, nobody else.
    const bool is_trusted = proxy.has_value() || !request.registry.empty();
    if (proxy && request.registry.empty()) {
        error_code not_an_address;
        const auto literal = asio::ip::make_address(request.host, not_an_address);
        if (!not_an_address && is_internal(literal)) {
            co_return std::get<fetch_failure>(
                co_await allowed_addresses(request.host, false, deadline)
            );
        }
    }
    const std::string towards = proxy ? proxy->host : request.host;
    auto found = co_await allowed_addresses(towards, is_trusted, deadline);
    if (auto* failure = std::get_if<fetch_failure>(&found)) {
        co_return std::move(*failure);
    }
    fetch_failure last = late(request.host);
    for (const asio::ip::address& address : std::get<resolver::addresses>(found)) {
        if (time_.ticks() >= deadline) {
            break;
        }
        const auto context =
            request.scheme == url_scheme::https ? with->context_of(request.registry) : nullptr;
        auto made = std::make_shared<connection>(loop_, context, request.host, with->peers);
        steady_timer limit(loop_);
        limit.expires_at(std::min(deadline, time_.ticks() + connect_limit));
        limit.async_wait([weak = std::weak_ptr(made)](const error_code& canceled) {
            const auto still = weak.lock();
            if (!canceled && still) {
                still->end();
            }
        });
        const tcp::endpoint endpoint(address, proxy ? proxy->port : request.port);
        last = co_await made->connect(endpoint);
        if (last.detail.empty() && proxy) {
            last = co_await made->open_tunnel(request.host, request.port);
        }
        if (last.detail.empty()) {
            last = co_await made->make_tls();
        }
        if (last.detail.empty()) {
            co_return connection_ptr(std::move(made));
        }
        if (time_.ticks() >= limit.expiry()) {
            last = late(request.host);
        }
        if (last.cause == failure_cause::bad_certificate) {
            break; // other addresses of it are no better
        }
    }
    co_return last;
}

awaitable<policy::fact<http_response>> http_client::send(http_request request, tick_time deadline) {
    const auto entered = co_await limits_.enter(request.host, deadline);
    if (entered == conversation_limits::entry::queue_is_full) {
        co_return fetch_failure{
            failure_cause::too_many_lookups,
            "too many lookups wait already; try again in a few seconds"};
    }
    if (entered == conversation_limits::entry::too_late) {
        co_return late(request.host);
    }
    const conversation_limits::place place(limits_, request.host);
    const std::string key = key_of(request);
    auto trusted_by = trust_;
    connection_ptr over = take_idle(key);
    bool is_fresh = over == nullptr;
    for (;;) {
        if (is_fresh) {
            trusted_by = trust_;
            auto made = co_await connect(request, deadline);
            if (auto* failure = std::get_if<fetch_failure>(&made)) {
                co_return std::move(*failure);
            }
            over = std::move(std::get<connection_ptr>(made));
        }
        steady_timer limit(loop_);
        limit.expires_at(deadline);
        limit.async_wait([weak = std::weak_ptr(over)](const error_code& canceled) {
            const auto still = weak.lock();
            if (!canceled && still) {
                still->end();
            }
        });
        auto done = co_await over->exchange(request);
        limit.cancel();
        if (time_.ticks() >= deadline && std::holds_alternative<fetch_failure>(done.answer)) {
            co_return late(request.host);
        }
        if (done.was_stale && !is_fresh && is_repeatable(request)) {
            is_fresh = true;
            continue;
        }
        // One that was made by settings of before must not serve those that came meanwhile.
        if (done.may_be_reused && trusted_by == trust_) {
            keep(key, std::move(over));
        }
        co_return std::move(done.answer);
    }
}

} // namespace gatehouse::server
