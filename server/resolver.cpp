#include "server/resolver.h"

#include "policy/text.h"

#include <ares.h>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <list>
#include <optional>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::failure_cause;
using policy::fetch_failure;

using descriptor = asio::posix::basic_stream_descriptor<executor>;

fetch_failure failure_of(const std::string& host, int status, std::string_view remedy) {
    const std::string name = policy::plain_or_quoted(host, 100);
    if (status == ARES_ENOTFOUND || status == ARES_ENODATA) {
        return {failure_cause::dns, fmt::format("the name {} does not exist; {}", name, remedy)};
    }
    return {
        failure_cause::dns,
        fmt::format("the name {} cannot be resolved: {}", name, ares_strerror(status))};
}

asio::ip::address address_of(const ares_addrinfo_node& node) {
    if (node.ai_family == AF_INET) {
        sockaddr_in raw{};
        std::copy_n(
            reinterpret_cast<const char*>(node.ai_addr), sizeof raw, reinterpret_cast<char*>(&raw)
        );
        return asio::ip::address_v4(ntohl(raw.sin_addr.s_addr));
    }
    sockaddr_in6 raw{};
    std::copy_n(
        reinterpret_cast<const char*>(node.ai_addr), sizeof raw, reinterpret_cast<char*>(&raw)
    );
    asio::ip::address_v6::bytes_type bytes{};
    std::copy_n(raw.sin6_addr.s6_addr, bytes.size(), bytes.begin());
    return asio::ip::address_v6(bytes, raw.sin6_scope_id);
}

} // namespace

struct resolver::question {
    question(loop& runs_on, const clock& reads, std::string_view helps)
        : answered(runs_on), time(reads), remedy(helps) {
        answered.expires_at(steady_timer::time_point::max());
    }

    void finish(policy::fact<addresses> found, std::chrono::seconds life) {
        answer = std::move(found);
        good_until = time.ticks() + life;
        answered.cancel();
    }

    [[nodiscard]] bool is_old() const { return answer && time.ticks() >= good_until; }

    /// c-ares' answer; `from` belongs to it.
    void take(const std::string& host, int status, const ares_addrinfo* from) {
        addresses found;
        auto life = std::chrono::seconds(longest_life);
        for (const auto* node = from == nullptr ? nullptr : from->nodes; node != nullptr;
             node = node->ai_next) {
            if (found.size() < most_addresses
                && (node->ai_family == AF_INET || node->ai_family == AF_INET6)) {
                found.push_back(address_of(*node));
                life = std::min(life, std::chrono::seconds(node->ai_ttl));
            }
        }
        if (status != ARES_SUCCESS || found.empty()) {
            finish(
                failure_of(host, status == ARES_SUCCESS ? ARES_ENODATA : status, remedy),
                life_of_a_failure
            );
            return;
        }
        finish(std::move(found), std::max(life, std::chrono::seconds(shortest_life)));
    }

    steady_timer answered; ///< cancelled when there is an answer: wakes everybody
    const clock& time;
    const std::string_view remedy;
    std::optional<policy::fact<addresses>> answer;
    tick_time good_until;
};

/// c-ares and the descriptors that it wants watched.
struct resolver::channel {
    struct watch {
        watch(loop& runs_on, ares_socket_t fd) : socket(runs_on, fd) {}
        descriptor socket;
        bool wants_read = false;
        bool wants_write = false;
        bool reads = false;
        bool writes = false;
    };

    channel(loop& runs_on, const std::string& name_servers) : loop_(runs_on), timer(runs_on) {
        ares_options options{};
        // No search list: ARES_FLAG_NOSEARCH does not hold for ares_getaddrinfo (seen with 1.18), and in a
        // pod "quay.io" would be asked as quay.io.<namespace>.svc.cluster.local first.
        options.ndomains = 0;
        options.timeout = 700; // ms for the first try
        options.tries = 2;
        options.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
            static_cast<channel*>(self)->watch_socket(fd, readable != 0, writable != 0);
        };
        options.sock_state_cb_data = this;
        status = ares_init_options(
            &native,
            &options,
            ARES_OPT_DOMAINS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB
        );
        if (status == ARES_SUCCESS && !name_servers.empty()) {
            const int set = ares_set_servers_ports_csv(native, name_servers.c_str());
            if (set != ARES_SUCCESS) {
                ares_destroy(native);
                status = set;
            }
        }
    }
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    ~channel() {
        if (status == ARES_SUCCESS) {
            ares_destroy(native); // calls back every open question
        }
        for (auto& [fd, one] : watched) {
            one->socket.release();
        }
    }

    void watch_socket(ares_socket_t fd, bool readable, bool writable) {
        const auto at = watched.find(fd);
        if (!readable && !writable) {
            if (at != watched.end()) {
                at->second->socket.release(); // c-ares closes it
                watched.erase(at);
            }
            return;
        }
        const auto& one =
            at != watched.end()
                ? at->second
                : watched.emplace(fd, std::make_shared<watch>(loop_, fd)).first->second;
        one->wants_read = readable;
        one->wants_write = writable;
        wait_as_wanted(fd, one);
    }

    void wait_as_wanted(ares_socket_t fd, const std::shared_ptr<watch>& one) {
        if (one->wants_read && !one->reads) {
            wait(fd, one, descriptor::wait_read);
        }
        if (one->wants_write && !one->writes) {
            wait(fd, one, descriptor::wait_write);
        }
    }

    void wait(ares_socket_t fd, const std::shared_ptr<watch>& one, descriptor::wait_type what) {
        const bool reading = what == descriptor::wait_read;
        (reading ? one->reads : one->writes) = true;
        one->socket.async_wait(what, [this, fd, one, reading](const error_code& failure) {
            (reading ? one->reads : one->writes) = false;
            if (failure) {
                return; // released; `this` may be gone
            }
            const ares_socket_t none = ARES_SOCKET_BAD;
            ares_process_fd(native, reading ? fd : none, reading ? none : fd);
            const auto still = watched.find(fd);
            if (still != watched.end() && still->second == one) {
                wait_as_wanted(fd, one);
            }
            plan_timeout();
        });
    }

    void plan_timeout() {
        timeval longest{.tv_sec = 1, .tv_usec = 0};
        timeval next{};
        if (watched.empty() || ares_timeout(native, &longest, &next) == nullptr) {
            timer.cancel();
            return;
        }
        timer.expires_after(
            std::chrono::seconds(next.tv_sec) + std::chrono::microseconds(next.tv_usec)
            + std::chrono::milliseconds(1)
        );
        timer.async_wait([this](const error_code& failure) {
            if (!failure) {
                ares_process_fd(native, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
                plan_timeout();
            }
        });
    }

    loop& loop_;
    ares_channel native = nullptr;
    int status = ARES_ENOTINITIALIZED;
    std::map<ares_socket_t, std::shared_ptr<watch>> watched;
    steady_timer timer;
};

resolver::resolver(
    loop& runs_on,
    const clock& time,
    std::string name_servers,
    std::string_view remedy
)
    : loop_(runs_on), time_(time), name_servers_(std::move(name_servers)), remedy_(remedy) {}

resolver::~resolver() = default;

void resolver::make_room() {
    std::erase_if(questions_, [](const auto& entry) { return entry.second->is_old(); });
    if (questions_.size() < most_names) {
        return;
    }
    // Open questions stay, so that they are asked once; http_client bounds how many there are.
    std::erase_if(questions_, [](const auto& entry) { return entry.second->answer.has_value(); });
}

std::shared_ptr<resolver::question> resolver::ask(const std::string& host) {
    const auto known = questions_.find(host);
    if (known != questions_.end() && !known->second->is_old()) {
        return known->second;
    }
    if (questions_.size() >= most_names) {
        make_room();
    }
    auto asked = std::make_shared<question>(loop_, time_, remedy_);
    if (!channel_) {
        channel_ = std::make_unique<channel>(loop_, name_servers_);
    }
    if (channel_->status != ARES_SUCCESS) {
        asked->finish(failure_of(host, channel_->status, remedy_), life_of_a_failure);
        channel_.reset();
        return asked;
    }
    questions_.insert_or_assign(host, asked);
    struct call {
        std::string host;
        std::shared_ptr<question> asked;
    };
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_flags = ARES_AI_NOSORT;
    ares_getaddrinfo(
        channel_->native,
        host.c_str(),
        nullptr,
        &hints,
        [](void* context, int status, int, ares_addrinfo* found) {
            const std::unique_ptr<call> about(static_cast<call*>(context));
            about->asked->take(about->host, status, found);
            ares_freeaddrinfo(found);
        },
        new call{host, asked}
    );
    channel_->plan_timeout();
    return asked;
}

awaitable<policy::fact<resolver::addresses>> resolver::resolve(
    std::string host,
    tick_time deadline
) {
    error_code not_an_address;
    const auto literal = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {
        co_return addresses(1, literal);
    }
    const std::shared_ptr<question> asked = ask(host);
    if (!asked->answer) {
        // Whoever gives up wakes everybody; those who have time left wait on.
        steady_timer limit(loop_);
        limit.expires_at(std::min(deadline, time_.ticks() + patience));
        limit.async_wait([weak = std::weak_ptr(asked)](const error_code& failure) {
            const auto still = weak.lock();
            if (!failure && still && !still->answer) {
                still->answered.cancel();
            }
        });
        while (!asked->answer && time_.ticks() < limit.expiry()) {
            co_await asked->answered.async_wait(use_token);
        }
    }
    if (!asked->answer) {
        co_return fetch_failure{
            failure_cause::dns,
            fmt::format(
                "no name server answered for {} in time; check the cluster's DNS",
                policy::plain_or_quoted(host, 100)
            )};
    }
    co_return *asked->answer;
}

} // namespace gatehouse::server
