#pragma once
// Names to addresses by c-ares on the loop thread: Asio's own resolver would wait for a dead name server
// on one thread that everybody shares. Names are absolute (no search list), /etc/hosts counts, one question
// serves everybody who asks it at the same time, answers are kept for their own time within bounds.

#include "policy/evidence.h"
#include "server/clock.h"
#include "server/net.h"

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

class resolver {
  public:
    static constexpr std::chrono::seconds shortest_life{5};
    static constexpr std::chrono::seconds longest_life{60};
    static constexpr std::chrono::seconds life_of_a_failure{2};
    static constexpr std::chrono::seconds patience{2};
    static constexpr std::size_t most_names = 1024;
    static constexpr std::size_t most_addresses = 16;

    using addresses = std::vector<asio::ip::address>;

    /// What helps where a name does not exist; a literal.
    static constexpr std::string_view usual_remedy = "check how it is written, and DNS";

    /// `time` outlives this. `name_servers` as "address:port,..."; those of /etc/resolv.conf where empty.
    resolver(
        loop& runs_on,
        const clock& time,
        std::string name_servers = {},
        std::string_view remedy = usual_remedy
    );
    resolver(const resolver&) = delete;
    resolver& operator=(const resolver&) = delete;
    ~resolver();

    /// At least one address, or a failure with cause dns or timeout. An address is its own answer.
    [[nodiscard]] awaitable<policy::fact<addresses>> resolve(std::string host, tick_time deadline);

  private:
    struct channel;
    struct question;

    [[nodiscard]] std::shared_ptr<question> ask(const std::string& host);
    void make_room();

    loop& loop_;
    const clock& time_;
    const std::string name_servers_;
    const std::string_view remedy_;
    std::map<std::string, std::shared_ptr<question>> questions_;
    std::unique_ptr<channel> channel_; ///< made with the first question
};

} // namespace gatehouse::server
