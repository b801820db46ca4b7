#include "server/registry/authorizer.h"

#include "policy/text.h"

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
    if (scheme_ == scheme::unknown) {
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
            scheme_ = scheme::bearer;
            service_.realm = std::move(realm.value());
            service_.service = one.parameter("service");
            service_.scopes = pull_scopes(one.parameter("scope"), at_.repository);
            return true;
        }
    }
    if (has_basic) {
        failure_.reset();
        scheme_ = scheme::basic;
    }
    return has_basic;
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
    const bool is_first = scheme_ == scheme::unknown;
    if (answer.status == 401) {
        if (is_first && !read_challenge(answer)) {
            return advice::final;
        }
        if (is_cached_) {
            tokens_.drop(token_cache::key(at_.name(), service_, current()));
            is_cached_ = false;
            is_attempted_ = false;
        }
        return advance(now);
    }
    if (is_first) {
        return next(now);
    }
    return answer.status == 403 ? next(now) : advice::final;
}

authorizer::advice authorizer::next(tick_time now) {
    if (scheme_ != scheme::unknown) {
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
    // Behind the last credential comes nobody's, which Basic has been already.
    const std::size_t end = at_.credentials.size() + (scheme_ == scheme::bearer ? 1 : 0);
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
        if (scheme_ == scheme::basic) {
            if (with->has_password()) {
                return set_header(basic_authorization(*with));
            }
            continue;
        }
        if (auto kept = tokens_.find(token_cache::key(at_.name(), service_, with), now)) {
            is_cached_ = true;
            return set_header(secret("Bearer " + kept->reveal()));
        }
        const bool has_identity = with != nullptr && !with->identity_token.empty();
        return ask_token(has_identity ? token_method::post_identity : token_method::get);
    }
    attempt_ = end == 0 ? 0 : end - 1; // words() tells of the last
    return advice::final;
}

authorizer::advice authorizer::ask_token(token_method method) {
    method_ = method;
    is_waiting_ = true;
    is_probe_ = false;
    request_ = token_request(service_, current(), method);
    request_->registry = at_.rights_at(service_.realm);
    return advice::wait;
}

std::optional<http_request> authorizer::take_request() {
    return std::exchange(request_, std::nullopt);
}

void authorizer::answered(const policy::fact<http_response>& answer, tick_time now) {
    is_waiting_ = false;
    if (const auto* failed = std::get_if<policy::fetch_failure>(&answer)) {
        (void)fail(failed->cause, failed->detail);
        return;
    }
    const auto& got = std::get<http_response>(answer);
    if (!is_probe_) {
        token_answered(got, now);
        return;
    }
    if (got.status == 401 && read_challenge(got)) {
        (void)advance(now);
    }
}

void authorizer::token_answered(const http_response& answer, tick_time now) {
    const std::string name = service_.realm.authority();
    if (is_success(answer.status)) {
        auto read = parse_token(answer.body);
        if (!read) {
            (void)fail(
                failure_cause::malformed,
                fmt::format("the answer of the token service {} {}", name, read.error().detail())
            );
            return;
        }
        tokens_.keep(token_cache::key(at_.name(), service_, current()), read.value(), now);
        is_cached_ = false;
        (void)set_header(secret("Bearer " + read.value().value.reveal()));
        return;
    }
    if (answer.status == 429 || answer.status >= 500) {
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
