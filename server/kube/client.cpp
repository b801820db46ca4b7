#include "server/kube/client.h"

#include "policy/json.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

// Under which http_request::registry the client knows its authorities.
constexpr const char* peer = "kubernetes";
constexpr std::size_t longest_reason = 400;
// How much later than asked an API server may end a watch: half of its time, but never less than that.
constexpr std::chrono::seconds shortest_grace{1};

std::string reason_in(const std::string& body) {
    const auto parsed = policy::parse_json(body);
    const std::string* message = parsed ? policy::text_member(parsed.value(), "message") : nullptr;
    return message == nullptr ? std::string() : ": " + policy::printable(*message, longest_reason);
}

} // namespace

/// How an object is written.
struct api_client::write_kind {
    kube_verb verb;
    const char* query; ///< behind the object's address
    const char* content_type;
};

struct api_client::question {
    kube_verb verb = kube_verb::get;
    kube_place place;
    std::string method = "GET";
    std::string target;
    std::string content_type = {};
    std::string body = {};
    std::chrono::nanoseconds limit = usual_limit;
    std::size_t most_bytes = most_answer_bytes;
    std::shared_ptr<body_sink> body_to = {};

    [[nodiscard]] std::string failed(std::string_view why) const {
        return fmt::format("{} of {}: {}", name_of(verb), place.text(), why);
    }
};

api_client::api_client(
    loop& runs_on,
    cpu_pool& files,
    const clock& time,
    kube_counts& counts,
    api_access at
)
    : files_(files),
      time_(time),
      counts_(counts),
      at_(std::move(at)),
      over_(runs_on, time, {.peers = http_peers::api_server}) {}

awaitable<policy::result<void>> api_client::renew_credentials() {
    auto read = [at = at_] { return read_api_credentials(at); };
    auto found = co_await files_.run(std::move(read));
    renewed_ = time_.ticks();
    if (!found) {
        if (credentials_.token.empty()) {
            renewed_.reset();
            co_return found.error();
        }
        co_return policy::success(); // the last ones may still do
    }
    if (found.value().authorities != credentials_.authorities) {
        http_client_settings settings{.peers = http_peers::api_server};
        settings.authorities.emplace(peer, found.value().authorities);
        over_.use(std::move(settings));
    }
    credentials_ = std::move(found).value();
    co_return policy::success();
}

awaitable<policy::fact<http_response>> api_client::send(const question* what, tick_time deadline) {
    http_request request;
    request.method = what->method;
    request.host = at_.host;
    request.port = at_.port;
    request.target = what->target;
    request.headers.emplace_back("Authorization", "Bearer " + credentials_.token.reveal());
    request.headers.emplace_back("Accept", "application/json");
    if (!what->content_type.empty()) {
        request.headers.emplace_back("Content-Type", what->content_type);
    }
    request.body = what->body;
    request.most_body_bytes = what->most_bytes;
    request.body_to = what->body_to;
    request.registry = peer;
    auto answer = co_await over_.send(std::move(request), deadline);
    const auto* response = std::get_if<http_response>(&answer);
    const unsigned status = response == nullptr ? 0 : response->status;
    counts_.count(what->verb, what->place.resource, status, time_.now());
    co_return answer;
}

/// Of an answer that went into a sink: null.
awaitable<api_result> api_client::ask(question what) {
    const tick_time deadline =
        time_.ticks() + std::chrono::duration_cast<tick_time::duration>(what.limit);
    bool is_renewed = false;
    if (!renewed_ || time_.ticks() - *renewed_ >= token_life) {
        const auto renewed = co_await renew_credentials();
        is_renewed = true;
        if (!renewed) {
            co_return api_failure{0, what.failed(renewed.error().detail())};
        }
    }
    auto answer = co_await send(&what, deadline);
    const auto* refused = std::get_if<http_response>(&answer);
    if (refused != nullptr && refused->status == 401 && !is_renewed) {
        const std::string before = credentials_.token.reveal();
        const auto renewed = co_await renew_credentials();
        if (renewed && credentials_.token.reveal() != before) {
            answer = co_await send(&what, deadline);
        }
    }
    if (const auto* failure = std::get_if<policy::fetch_failure>(&answer)) {
        co_return api_failure{0, what.failed(failure->detail)};
    }
    const auto& response = std::get<http_response>(answer);
    if (response.status / 100 != 2) {
        co_return api_failure{
            response.status,
            what.failed(fmt::format(
                "the API server answered {}{}", response.status, reason_in(response.body)
            ))};
    }
    if (what.body_to) {
        co_return nlohmann::json();
    }
    auto parsed = policy::parse_json(response.body);
    if (!parsed || !parsed.value().is_object()) {
        const std::string why = parsed ? "is no object" : parsed.error().detail();
        co_return api_failure{0, what.failed(fmt::format("the API server's answer {}", why))};
    }
    co_return std::move(parsed).value();
}

awaitable<api_result> api_client::get(kube_place place, std::chrono::nanoseconds limit) {
    question what{.verb = kube_verb::get, .place = place, .target = place.path()};
    what.limit = limit;
    return ask(std::move(what));
}

awaitable<api_result> api_client::send_object(
    kube_place place,
    write_kind how,
    const nlohmann::json& object,
    std::chrono::nanoseconds limit
) {
    question what{
        .verb = how.verb,
        .place = place,
        .method = how.verb == kube_verb::update ? "PUT" : "PATCH",
        .target = place.path() + how.query};
    what.content_type = how.content_type;
    // What came from outside was valid UTF-8, or it would not have been read.
    what.body = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    what.limit = limit;
    return ask(std::move(what));
}

awaitable<api_result> api_client::update(
    kube_place place,
    nlohmann::json object,
    std::chrono::nanoseconds limit
) {
    return send_object(
        std::move(place), {kube_verb::update, "", "application/json"}, object, limit
    );
}

awaitable<api_result> api_client::apply(kube_place place, nlohmann::json object) {
    return send_object(
        std::move(place),
        // JSON is YAML.
        {kube_verb::patch, "?fieldManager=gatehouse&force=true", "application/apply-patch+yaml"},
        object,
        usual_limit
    );
}

awaitable<api_result> api_client::merge(kube_place place, nlohmann::json patch) {
    return send_object(
        std::move(place),
        {kube_verb::patch, "?fieldManager=gatehouse", "application/merge-patch+json"},
        patch,
        usual_limit
    );
}

awaitable<std::optional<api_failure>> api_client::watch(
    kube_place place,
    std::string resource_version,
    std::chrono::seconds lasts,
    std::shared_ptr<body_sink> events
) {
    question what{
        .verb = kube_verb::watch,
        .place = place,
        .target = place.watch_target(resource_version, static_cast<unsigned>(lasts.count()))};
    what.limit =
        lasts + std::clamp<std::chrono::nanoseconds>(lasts / 2, shortest_grace, usual_limit);
    what.most_bytes = most_watch_bytes;
    what.body_to = std::move(events);
    auto ended = co_await ask(std::move(what));
    if (auto* failure = std::get_if<api_failure>(&ended)) {
        co_return std::move(*failure);
    }
    co_return std::nullopt;
}

} // namespace gatehouse::server
