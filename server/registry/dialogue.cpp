#include "server/registry/dialogue.h"

#include "policy/text.h"
#include "server/registry/retry.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

using policy::failure_cause;
using policy::fetch_failure;

constexpr std::size_t most_in_flight = 8;
constexpr unsigned most_redirects = 5;
/// Credentials, redirects and waits: more is a loop.
constexpr unsigned most_requests = 32;
constexpr std::size_t authorizer_id = 0;

bool is_redirect(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// A registry may compress; its digests are of what was not, and neither are our limits.
bool is_encoded(const http_response& answer) {
    const std::string encoding = policy::lower(answer.header("content-encoding"));
    return !encoding.empty() && encoding != "identity";
}

} // namespace

url dialogue::start_of(const call& what) const {
    url made = at_.base;
    const bool is_whole = what.target.starts_with(at_.base.target + "/");
    made.target = is_whole ? what.target
                           : fmt::format("{}/{}{}", at_.base.target, at_.repository, what.target);
    return made;
}

std::size_t dialogue::ask(call what) {
    const std::size_t id = next_id_++;
    open_call made;
    made.where = start_of(what);
    made.what = std::move(what);
    calls_.emplace(id, std::move(made));
    return id;
}

http_request dialogue::request_of(const open_call& one) const {
    http_request made;
    made.method = one.what.method;
    made.scheme = one.where.scheme;
    made.host = one.where.host;
    made.port = one.where.port;
    made.target = one.where.target;
    made.headers = {{"Accept-Encoding", "identity"}};
    if (!one.what.accept.empty()) {
        made.headers.emplace_back("Accept", one.what.accept);
    }
    if (one.where.same_origin(at_.base) && !authorizer_.header().empty()) {
        made.headers.emplace_back("Authorization", authorizer_.header().reveal());
    }
    made.most_body_bytes = one.what.most_body_bytes;
    made.body_to = one.what.body_to;
    made.registry = at_.rights_at(one.where);
    return made;
}

std::vector<outgoing> dialogue::take_requests(tick_time now) {
    std::vector<outgoing> made;
    if (!std::exchange(has_begun_, true)) {
        authorizer_.begin(now);
    }
    if (auto own = authorizer_.take_request()) {
        own_ = {authorizer_id, std::move(*own), {}};
        own_waits_ = 0;
        is_own_due_ = true;
    }
    if (std::exchange(is_own_due_, false)) {
        made.push_back(own_);
    }
    for (auto& [id, one] : calls_) {
        if (in_flight_ == most_in_flight || authorizer_.is_waiting()) {
            break;
        }
        if (one.now != state::queued) {
            continue;
        }
        one.now = state::in_flight;
        one.generation = authorizer_.generation();
        ++one.sent;
        ++in_flight_;
        made.push_back({id, request_of(one), one.not_before});
    }
    return made;
}

void dialogue::finish(std::size_t id, policy::fact<http_response> with) {
    calls_.erase(id);
    if (auto* failed = std::get_if<fetch_failure>(&with)) {
        failed->host_is_listed = !at_.registry.empty();
    }
    answers_.push_back({id, std::move(with)});
}

std::optional<dialogue::answered_call> dialogue::take_answer() {
    if (answers_.empty()) {
        return std::nullopt;
    }
    answered_call first = std::move(answers_.front());
    answers_.pop_front();
    return first;
}

void dialogue::give(std::size_t id, policy::fact<http_response> answer, tick_time now) {
    if (id == authorizer_id) {
        if (const auto later = time_to_retry(answer, own_waits_, id, now)) {
            own_.not_before = *later;
            ++own_waits_;
            is_own_due_ = true;
            return;
        }
        authorizer_.answered(answer, now);
        wake_parked();
        return;
    }
    const auto at = calls_.find(id);
    if (at == calls_.end() || at->second.now != state::in_flight) {
        return;
    }
    --in_flight_;
    open_call& one = at->second;
    auto* got = std::get_if<http_response>(&answer);
    if (got == nullptr) {
        finish(id, std::move(answer));
        return;
    }
    const bool is_ours = one.where.same_origin(at_.base);
    if (one.sent >= most_requests) {
        finish(id, failure(failure_cause::malformed, at_.name() + " sends requests in circles"));
    } else if (is_redirect(got->status)) {
        redirect(id, *got);
    } else if (is_ours && (got->status == 400 || got->status == 401 || got->status == 403)) {
        refuse(id, std::move(*got), now);
    } else if (const auto later = time_to_retry(answer, one.waits, id, now)) {
        one.not_before = *later;
        ++one.waits;
        one.now = state::queued;
    } else if (got->status == 200 && is_encoded(*got)) {
        finish(
            id,
            failure(
                failure_cause::malformed,
                at_.name() + " sent a compressed answer, which was not asked for"
            )
        );
    } else {
        finish(id, std::move(answer));
    }
}

void dialogue::redirect(std::size_t id, const http_response& answer) {
    open_call& one = calls_.at(id);
    auto to = resolve_url(one.where, answer.header("location"));
    if (!to || answer.header("location").empty()) {
        finish(
            id, failure(failure_cause::malformed, at_.name() + " redirects to what is no address")
        );
        return;
    }
    if (++one.redirects > most_redirects) {
        finish(id, failure(failure_cause::malformed, at_.name() + " redirects more than 5 times"));
        return;
    }
    if (to.value().scheme == url_scheme::http && !at_.plain_http) {
        finish(
            id,
            failure(
                failure_cause::malformed,
                fmt::format(
                    "{} redirects to {} without https",
                    at_.name(),
                    policy::printable(to.value().authority())
                )
            )
        );
        return;
    }
    one.where = std::move(to.value());
    one.now = state::queued;
}

void dialogue::refuse(std::size_t id, http_response answer, tick_time now) {
    open_call& one = calls_.at(id);
    switch (authorizer_.refused(one.generation, answer, now)) {
    case authorizer::advice::resend:
        one.where = start_of(one.what);
        one.now = state::queued;
        return;
    case authorizer::advice::wait:
        one.refused = std::move(answer);
        one.now = state::parked;
        return;
    case authorizer::advice::final:
        break;
    }
    if (authorizer_.failure()) {
        finish(id, *authorizer_.failure());
        return;
    }
    finish(id, std::move(answer));
}

std::optional<tick_time> dialogue::time_to_retry(
    const policy::fact<http_response>& answer,
    unsigned waits,
    std::size_t id,
    tick_time now
) {
    const auto* const got = std::get_if<http_response>(&answer);
    const auto pause = got == nullptr ? std::nullopt : pause_before_retry(*got, waits, id);
    throttled_in_a_row_ = pause ? throttled_in_a_row_ + 1 : 0;
    if (!pause || throttled_in_a_row_ > most_waits_in_a_row || deadline_ - now <= *pause) {
        return std::nullopt;
    }
    return now + *pause;
}

void dialogue::wake_parked() {
    if (authorizer_.is_waiting()) {
        return;
    }
    std::vector<std::size_t> ended;
    for (auto& [id, one] : calls_) {
        if (one.now == state::parked
            && (authorizer_.failure() || one.generation == authorizer_.generation())) {
            ended.push_back(id);
        } else if (one.now == state::parked) {
            one.where = start_of(one.what);
            one.now = state::queued;
        }
    }
    for (const std::size_t id : ended) {
        if (authorizer_.failure()) {
            finish(id, *authorizer_.failure());
        } else {
            finish(id, std::move(calls_.at(id).refused));
        }
    }
    // Calls that were never sent would wait for a header that does not come.
    if (authorizer_.failure()) {
        while (!calls_.empty() && in_flight_ == 0) {
            finish(calls_.begin()->first, *authorizer_.failure());
        }
    }
}

bool dialogue::use_next_credential(tick_time now) {
    return authorizer_.has_more() && authorizer_.next(now) != authorizer::advice::final;
}

fetch_failure dialogue::failure(failure_cause cause, std::string detail) const {
    return {cause, std::move(detail), !at_.registry.empty()};
}

fetch_failure dialogue::refusal(const http_response& got, std::string_view what) const {
    const std::string shown = policy::printable(what);
    const auto answered = [&](std::string_view end) {
        return fmt::format("{} answered {} for {}{}", at_.name(), got.status, shown, end);
    };
    switch (got.status) {
    case 401:
        return failure(failure_cause::unauthorized, answered("; " + authorizer_.words()));
    case 403:
        return failure(failure_cause::forbidden, answered("; " + authorizer_.words()));
    case 404:
        return failure(
            failure_cause::not_found,
            fmt::format("{} has no {}, or does not show it to us", at_.name(), shown)
        );
    case 429:
        return failure(failure_cause::throttled, answered(": too many requests"));
    default:
        break;
    }
    if (got.status >= 500 && got.status <= 599) {
        return failure(failure_cause::server_error, answered(""));
    }
    return failure(failure_cause::malformed, answered(", which is no answer of a registry"));
}

} // namespace gatehouse::server
