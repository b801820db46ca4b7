#pragma once
// A registry in memory: answers by method and address, a log of what was asked, and a place to break each
// exchange. Conversations are run against it directly; scripted_exchange puts it under the client.

#include "server/body_sink.h"
#include "server/http_exchange.h"
#include "server/registry/dialogue.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::testing_support {

using headers = std::vector<std::pair<std::string, std::string>>;

inline server::http_response answer_of(unsigned status, std::string body = "", headers with = {}) {
    return {status, std::move(with), std::move(body)};
}

class scripted_registry {
  public:
    using answer = policy::fact<server::http_response>;
    using responder = std::function<answer(const server::http_request&)>;

    /// `what`: "GET https://reg.example/v2/app/manifests/1.0"; the latest one counts.
    void on(const std::string& what, responder with) { routes_[what] = std::move(with); }
    void on(const std::string& what, answer with) {
        routes_[what] = [with](const server::http_request&) { return with; };
    }
    /// Answers in place of the routes where it wants to.
    std::function<std::optional<answer>(const server::http_request&)> gate;
    /// The nth exchange (from 0) goes through this.
    std::function<answer(std::size_t, answer)> fault;

    [[nodiscard]] answer exchange(const server::http_request& asked) {
        requests.push_back(asked);
        const std::string line = line_of(asked);
        log.push_back(line);
        answer made = answer_to(asked, line);
        if (auto* got = std::get_if<server::http_response>(&made);
            got != nullptr && asked.method != "HEAD" && got->body.size() > asked.most_body_bytes) {
            made = policy::fetch_failure{policy::failure_cause::too_large, "too large", false};
        }
        return fault ? fault(log.size() - 1, std::move(made)) : made;
    }

    [[nodiscard]] static std::string line_of(const server::http_request& asked) {
        server::url at;
        at.scheme = asked.scheme;
        at.host = asked.host;
        at.port = asked.port;
        const char* scheme = asked.scheme == server::url_scheme::https ? "https" : "http";
        return asked.method + " " + scheme + "://" + at.authority() + asked.target;
    }
    [[nodiscard]] static std::string_view header_of(
        const server::http_request& asked,
        std::string_view name
    ) {
        for (const auto& [key, value] : asked.headers) {
            if (key == name) {
                return value;
            }
        }
        return {};
    }

    std::vector<std::string> log;
    std::vector<server::http_request> requests;

  private:
    [[nodiscard]] answer answer_to(const server::http_request& asked, const std::string& line) {
        if (auto own = gate ? gate(asked) : std::nullopt) {
            return *std::move(own);
        }
        const auto at = routes_.find(line);
        return at == routes_.end() ? answer(answer_of(404)) : at->second(asked);
    }

    std::map<std::string, responder> routes_;
};

/// Runs a conversation to its end; nothing where it stops without one.
template <class Conversation>
[[nodiscard]] std::optional<typename Conversation::result> converse(
    Conversation& talk,
    scripted_registry& with,
    server::tick_time now = {}
) {
    while (!talk.outcome()) {
        const auto requests = talk.take_requests(now);
        if (requests.empty()) {
            return std::nullopt;
        }
        for (const server::outgoing& one : requests) {
            talk.give(one.id, with.exchange(one.request), now);
        }
    }
    return talk.outcome();
}

class scripted_exchange final : public server::http_exchange {
  public:
    explicit scripted_exchange(scripted_registry& with) : with_(with) {}

    [[nodiscard]] server::awaitable<policy::fact<server::http_response>> send(
        server::http_request request,
        server::tick_time
    ) override {
        auto answer = with_.exchange(request);
        auto* got = std::get_if<server::http_response>(&answer);
        if (got != nullptr && request.body_to) {
            const std::string body = std::exchange(got->body, {});
            if (got->status == 200) {
                (void)co_await request.body_to->write(body);
            }
        }
        co_return answer;
    }

  private:
    scripted_registry& with_;
};

} // namespace gatehouse::testing_support
