#pragma once
// The registry that the benchmarks ask: plain HTTP on a loopback port, connections kept alive, and the
// faults of real ones at will: every answer late, some refused with 429, silence, a closed port. Repositories
// below "guarded/" want a token. It counts what it is asked. Loop thread only.

#include "server/net.h"
#include "tests/bench/stub_images.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace gatehouse::bench {

struct stub_behaviour {
    std::chrono::milliseconds delay{0}; ///< before every answer
    double throttled_percent = 0;       ///< of the requests that get HTTP 429
    bool is_silent = false;             ///< takes requests and answers none
};

struct stub_counts {
    std::size_t connections = 0;
    std::size_t requests = 0;
    std::size_t tags = 0;      ///< of images, resolved to a digest
    std::size_t manifests = 0; ///< others
    std::size_t referrers = 0;
    std::size_t blobs = 0;
    std::size_t tokens = 0;
    std::size_t challenged = 0; ///< answered 401
    std::size_t throttled = 0;  ///< answered 429
    std::size_t at_once = 0;    ///< the most requests that waited for their answer
};

class stub_registry {
  public:
    explicit stub_registry(server::loop& runs_on) : loop_(runs_on), acceptor_(runs_on) {}
    stub_registry(const stub_registry&) = delete;
    stub_registry& operator=(const stub_registry&) = delete;

    /// Listens from now on, on the port of before where there was one. Throws where that cannot be.
    void open();
    /// Refuses connections from now on and breaks those that there are.
    void close();

    /// For what is asked from now on; connections of before a silence are broken.
    void behave(stub_behaviour how);
    /// Which requests get 429 is the seed's.
    void seed(std::uint64_t number) { random_.seed(number); }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string public_pem() const { return images_.public_pem(); }
    /// Since the last call.
    [[nodiscard]] stub_counts take_counts();

  private:
    using http_request = boost::beast::http::request<boost::beast::http::empty_body>;
    using http_answer = boost::beast::http::response<boost::beast::http::string_body>;

    [[nodiscard]] server::awaitable<void> accept();
    [[nodiscard]] server::awaitable<void> serve(std::list<server::tcp_socket>::iterator connection);
    [[nodiscard]] http_answer answer_to(const http_request& asked);
    [[nodiscard]] http_answer content_of(std::string_view repository, std::string_view what);
    [[nodiscard]] http_answer challenge_for(std::string_view repository) const;
    void break_connections();

    server::loop& loop_;
    server::tcp_acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::list<server::tcp_socket> connections_;
    stub_images images_;
    stub_behaviour how_;
    stub_counts counts_;
    std::size_t waiting_ = 0;
    std::mt19937_64 random_{1};
};

} // namespace gatehouse::bench
