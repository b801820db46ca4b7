#include "server/handlers/admission.h"

#include "server/padded_buffer.h"
#include "server/request_time.h"
#include "server/shedding.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

namespace gatehouse::server {

static_assert(body_padding >= simdjson::SIMDJSON_PADDING);

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t";
    text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
    return text.substr(0, text.find_last_not_of(blank) + 1);
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// What is left for the verdict and its way back when evidence comes at the last moment.
constexpr std::chrono::milliseconds usual_margin{100};

// Evidence that comes later than this is not waited for.
tick_time evidence_deadline(const request_view& request) {
    const std::chrono::nanoseconds budget = review_budget(request.query);
    return request.received + budget - std::min<std::chrono::nanoseconds>(usual_margin, budget / 4);
}

// Parameters do not count; absent is accepted (interface 4).
bool is_json(std::string_view content_type) {
    static constexpr std::string_view wanted = "application/json";
    if (content_type.empty()) {
        return true;
    }
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    return std::ranges::equal(type, wanted, {}, lower);
}

} // namespace

admission::admission(services with, current_policies policies, evidence_source evidence)
    : with_(with),
      policies_(std::move(policies)),
      evidence_(std::move(evidence)),
      middling_(with.runs_on),
      largest_(with.runs_on) {}

reply admission::answer(const request_view& request) {
    if (!is_json(request.content_type)) {
        return plain_text(415, "the Content-Type must be application/json");
    }
    if (request.body.size() > largest_on_loop) {
        return answer_later(request);
    }
    auto policies = policies_();
    begun_review begun = begin_review(request.body, parser_, policies, today());
    return conclude(std::move(begun), std::move(policies), request);
}

reply admission::conclude(
    begun_review begun,
    policies_in_force policies,
    const request_view& request
) {
    if (auto* judged = std::get_if<judged_review>(&begun)) {
        return finish(std::move(*judged), request);
    }
    auto& pending = std::get<std::unique_ptr<pending_review>>(begun);
    evidence_answer evidence = ask_for(*pending, request);
    if (const auto* known = std::get_if<policy::evidence>(&evidence)) {
        return finish(finish_review(std::move(pending), *known), request);
    }
    return answer_with(
        std::get<awaitable<policy::evidence>>(std::move(evidence)),
        std::move(pending),
        std::move(policies),
        request
    );
}

// An exception leaves the evidence empty, which is no allow.
admission::evidence_answer admission::ask_for(
    const pending_review& what,
    const request_view& request
) {
    try {
        return evidence_(what.wants(), evidence_deadline(request));
    } catch (const std::exception&) {
        return policy::evidence{};
    }
}

// The policies stay until the observer has read their names.
awaitable<response> admission::answer_with(
    awaitable<policy::evidence> evidence,
    std::unique_ptr<pending_review> pending,
    [[maybe_unused]] policies_in_force policies,
    request_view request
) {
    policy::evidence known;
    try {
        known = co_await std::move(evidence);
    } catch (const std::exception&) {
        known = {};
    }
    co_return finish(finish_review(std::move(pending), known), request);
}

awaitable<response> admission::answer_later(request_view request) {
    const auto deadline = request.received + review_budget(request.query);
    const bool is_large = request.body.size() > largest_in_parallel;
    auto turn = co_await (is_large ? largest_ : middling_).take(deadline);
    if (!turn) {
        constexpr std::string_view why = "no time left before the turn of this request";
        co_return shed(with_.budget, request.query, request.received, why);
    }
    auto policies = policies_();
    auto work = [body = request.body, policies, now = today()] {
        simdjson::dom::parser own;
        return begin_review(body, own, policies, now);
    };
    std::optional<byte_budget::parsing> weight;
    weight.emplace(with_.budget, request.body.size());
    begun_review begun = co_await with_.pool.run(std::move(work));
    weight.reset();
    turn.reset();
    reply answer = conclude(std::move(begun), std::move(policies), request);
    if (auto* at_once = std::get_if<response>(&answer)) {
        co_return std::move(*at_once);
    }
    co_return co_await std::get<awaitable<response>>(std::move(answer));
}

response admission::finish(judged_review judged, const request_view& request) {
    response answer;
    answer.status = judged.status;
    answer.content_type = judged.content_type;
    answer.body = std::move(judged.body);
    with_.observer.reviewed(judged.outcome, steady::now() - request.received, request.body.size());
    return answer;
}

std::chrono::sys_seconds admission::today() const {
    return std::chrono::floor<std::chrono::seconds>(with_.time.now());
}

} // namespace gatehouse::server
