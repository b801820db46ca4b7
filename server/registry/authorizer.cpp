#include "server/registry/authorizer.h"

#include "policy/text.h"
#include "server/registry/challenge.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::server {
namespace {

using policy::failure_cause;

bool is_success(unsigned status) { return status >= 200 && status < 300; }

} // namespace

const credential* authorizer::current() const noexcept {
    return attempt_ < at_.credentials.size() ? &at_.credentials[attempt_] : nullptr;
}

bool authorizer::has_more() const noexcept {
    if (way_.scheme == access_scheme::unknown) {
        return !at_.credentials.empty() && !has_probed_ && header_.empty();
    }
    return attempt_ + 1 < at_.credentials.size();
}

authorizer::advice authorizer::set_header(secret value) {
    header_ = std::move(value);
    ++generation_;
    return advice::resend;
}

authorizer::advice authorizer::fail(failure_cause cause, std::string detail) {
    failure_ = policy::fetch_failure{cause, std::move(detail), !at_.registry.empty()};
    return advice::final;
}

bool authorizer::accepts(const url& realm) const {
    if (realm.scheme == url_scheme::https) {
        return true;
    }
    return at_.plain_http && realm.host == at_.base.host;
}

bool authorizer::read_challenge(const http_response& answer) {
    bool has_basic = false;
    for (const auto& [name, value] : answer.headers) {
        if (name != "www-authenticate") {
            continue;
        }
        for (const challenge& one : parse_challenges(value)) {
            has_basic = has_basic || one.scheme == "basic";
            auto realm = resolve_url(at_.base, one.parameter("realm"));
            if (one.scheme != "bearer" || !realm) {
                continue;
            }
            if (!accepts(realm.value())) {
                (void)fail(
                    failure_cause::malformed,
                    fmt::format(
                        "{} names the token service {}, which is not https; credentials are not "
                        "sent there",
                        at_.name(),
                        policy::quoted(one.parameter("realm"))
                    )
                );
                continue;
            }
            failure_.reset();
            way_.scheme = access_scheme::bearer;
            way_.service.realm = std::move(realm.value());
            way_.service.service = one.parameter("service");
            way_.service.scopes = pull_scopes(one.parameter("scope"), at_.repository);
            memory_.keep(at_, way_);
            return true;
        }
    }
    if (has_basic) {
        failure_.reset();
        way_.scheme = access_scheme::basic;
        memory_.keep(at_, way_);
    }
    return has_basic;
}

void authorizer::begin(tick_time now) {
    const auto known = memory_.way_to(at_);
    if (!known || (known->scheme == access_scheme::bearer && !accepts(known->service.realm))) {
        return;
    }
    way_ = *known;
    is_remembered_ = true;
    (void)advance(now); // where nothing is to be tried, the request goes without
}

void authorizer::start_over() {
    memory_.forget(at_);
    way_ = {};
    is_remembered_ = is_attempted_ = is_cached_ = false;
    attempt_ = 0;
    (void)set_header({});
}

bool authorizer::read_new_challenge(const http_response& answer) {
    const access_way before = std::exchange(way_, {});
    is_remembered_ = false;
    if (!read_challenge(answer)) {
        memory_.forget(at_);
        return false;
    }
    const bool is_same = way_.scheme == before.scheme
                         && way_.service.realm.same_origin(before.service.realm)
                         && way_.service.realm.target == before.service.realm.target
                         && way_.service.service == before.service.service
                         && way_.service.scopes == before.service.scopes;
    if (!is_same) {
        attempt_ = 0;
        is_attempted_ = is_cached_ = false;
    }
    return true;
}

authorizer::advice authorizer::refused(
    std::size_t generation,
    const http_response& answer,
    tick_time now
) {
    if (failure_) {
        return advice::final;
    }
    if (is_waiting_) {
        return advice::wait;
    }
    if (generation != generation_) {
        return advice::resend;
    }
    if (answer.status == 400 && is_remembered_) {
        start_over();
    }
    const bool is_first = way_.scheme == access_scheme::unknown;
    if (answer.status == 401) {
        is_nobody_refused_ = is_nobody_refused_ || header_.empty();
        if (is_cached_) {
            memory_.tokens.drop(token_key(current()));
            is_cached_ = is_attempted_ = false;
        }
        if ((is_first && !read_challenge(answer))
            || (is_remembered_ && !read_new_challenge(answer))) {
            return advice::final;
        }
        return advance(now);
    }
    if (is_first) {
        return next(now);
    }
    return answer.status == 403 ? next(now) : advice::final;
}

authorizer::advice authorizer::next(tick_time now) {
    if (way_.scheme != access_scheme::unknown) {
        return advance(now);
    }
    if (!has_more()) {
        return advice::final;
    }
    // The registry asked for nothing; some tell only here that they want to know who asks.
    has_probed_ = true;
    is_waiting_ = true;
    is_probe_ = true;
    http_request made;
    made.scheme = at_.base.scheme;
    made.host = at_.base.host;
    made.port = at_.base.port;
    made.target = at_.base.target + "/";
    made.headers = {{"Accept-Encoding", "identity"}};
    made.most_body_bytes = std::size_t{64} << 10;
    made.registry = at_.registry;
    request_ = std::move(made);
    return advice::wait;
}

authorizer::advice authorizer::advance(tick_time now) {
    // Behind the last credential comes nobody's, unless that is what was refused.
    const bool is_bearer = way_.scheme == access_scheme::bearer;
    const std::size_t end = at_.credentials.size() + (is_bearer || !is_nobody_refused_ ? 1 : 0);
    if (is_attempted_) {
        ++attempt_;
    }
    is_attempted_ = true;
    for (; attempt_ < end; ++attempt_) {
        const credential* with = current();
        if (with != nullptr && !with->registry_token.empty()) {
            const std::string& value = with->registry_token.reveal();
            if (std::ranges::all_of(value, [](char c) { return c > ' ' && c < '\x7f'; })) {
                return set_header(secret("Bearer " + value));
            }
            continue;
        }
        if (!is_bearer) {
            if (with == nullptr) {
                return set_header({});
            }
            if (with->has_password()) {
                return set_header(basic_authorization(*with));
            }
            continue;
        }
        if (auto kept = memory_.tokens.find(token_key(with), now)) {
            is_cached_ = true;
            return set_header(secret("Bearer " + kept->reveal()));
        }
        const bool has_identity = with != nullptr && !with->identity_token.empty();
        return ask_token(has_identity ? token_method::post_identity : token_method::get);
    }
    attempt_ = end == 0 ? 0 : end - 1; // words() tells of the last
    return advice::final;
}

std::string authorizer::token_key(const credential* with) const {
    return token_cache::key(at_.name(), way_.service, with);
}

authorizer::advice authorizer::ask_token(token_method method) {
    method_ = method;
    is_waiting_ = true;
    is_probe_ = false;
    request_ = token_request(way_.service, current(), method);
    request_->registry = at_.rights_at(way_.service.realm);
    return advice::wait;
}

std::optional<http_request> authorizer::take_request() {
    return std::exchange(request_, std::nullopt);
}

void authorizer::answered(const policy::fact<http_response>& answer, tick_time now) {
    is_waiting_ = false;
    if (const auto* failed = std::get_if<policy::fetch_failure>(&answer)) {
        if (is_remembered_) {
            start_over(); // the registry may have another one by now
            return;
        }
        (void)fail(failed->cause, failed->detail);
        return;
    }
    const auto& got = std::get<http_response>(answer);
    if (!is_probe_) {
        token_answered(got, now);
        return;
    }
    if (got.status == 401 && read_challenge(got)) {
        is_nobody_refused_ = true;
        (void)advance(now);
    }
}

void authorizer::token_answered(const http_response& answer, tick_time now) {
    const std::string name = way_.service.realm.authority();
    if (is_success(answer.status)) {
        auto read = parse_token(answer.body);
        if (!read && is_remembered_) {
            start_over();
            return;
        }
        if (!read) {
            (void)fail(
                failure_cause::malformed,
                fmt::format("the answer of the token service {} {}", name, read.error().detail())
            );
            return;
        }
        memory_.tokens.keep(token_key(current()), read.value(), now);
        is_cached_ = false;
        (void)set_header(secret("Bearer " + read.value().value.reveal()));
        return;
    }
    if (answer.status == 429 || (answer.status >= 500 && answer.status <= 599)) {
        const auto cause =
            answer.status == 429 ? failure_cause::throttled : failure_cause::server_error;
        (void)fail(cause, fmt::format("the token service {} answered {}", name, answer.status));
        return;
    }
    const bool has_no_form = answer.status == 404 || answer.status == 405;
    if (has_no_form && method_ == token_method::post_identity) {
        (void)ask_token(token_method::get);
        return;
    }
    (void)advance(now);
}

std::string authorizer::words() const {
    std::vector<std::string> files;
    for (const credential& one : at_.credentials) {
        if (std::ranges::count(files, one.file) == 0) {
            files.push_back(policy::one_line(one.file));
        }
    }
    if (files.empty()) {
        return fmt::format(
            "no docker config file has credentials for it; add some for {} to dockerConfigFiles",
            at_.name()
        );
    }
    return fmt::format(
        "tried the credentials of {}; check that they may pull {}",
        policy::joined(files, 3),
        at_.repository
    );
}

} // namespace gatehouse::server
