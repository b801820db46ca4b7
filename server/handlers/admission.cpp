#include "server/handlers/admission.h"

#include "server/padded_buffer.h"
#include "server/request_time.h"
#include "server/shedding.h"

#include <algorithm>
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

admission::admission(services with, current_policies policies)
    : with_(with),
      policies_(std::move(policies)),
      middling_(with.runs_on),
      largest_(with.runs_on) {}

reply admission::answer(const request_view& request) {
    if (!is_json(request.content_type)) {
        return plain_text(415, "the Content-Type must be application/json");
    }
    if (request.body.size() > largest_on_loop) {
        return answer_later(request);
    }
    const auto policies = policies_();
    return finish(judge_review(request.body, parser_, *policies, today()), request);
}

awaitable<response> admission::answer_later(request_view request) {
    const auto deadline = request.received + review_budget(request.query);
    const bool is_large = request.body.size() > largest_in_parallel;
    const auto turn = co_await (is_large ? largest_ : middling_).take(deadline);
    if (!turn) {
        constexpr std::string_view why = "no time left before the turn of this request";
        co_return shed(with_.budget, request.query, request.received, why);
    }
    const byte_budget::parsing weight(with_.budget, request.body.size());
    const auto policies = policies_();
    auto work = [body = request.body, policies, now = today()] {
        simdjson::dom::parser own;
        return judge_review(body, own, *policies, now);
    };
    judged_review judged = co_await with_.pool.run(std::move(work));
    co_return finish(std::move(judged), request);
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
