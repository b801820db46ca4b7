#include "tests/integration/token_service.h"

#include "tests/support/signing.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <sstream>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

constexpr const char* issuer = "token service of the tests";
constexpr const char* service = "docker-registry";

/// RFC 4648, section 5, without padding.
std::string base64url(std::string_view bytes) {
    std::string out = base64(bytes);
    out.erase(out.find_last_not_of('=') + 1);
    for (char& c : out) {
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    return out;
}

/// The certificate's DER in base64, as x5c wants it.
std::string body_of(const std::string& pem) {
    std::istringstream lines(pem);
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        out += line.starts_with("-----") ? "" : line;
    }
    return out;
}

/// What stands in `text` between `before` and the next of `ends`.
std::string between(const std::string& text, std::string_view before, std::string_view ends) {
    const std::size_t at = text.find(before);
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t begin = at + before.size();
    return text.substr(begin, text.find_first_of(ends, begin) - begin);
}

} // namespace

token_service::token_service(const test_pair& identity, std::string authority, options how)
    : identity_(identity),
      how_(std::move(how)),
      authority_file_(files_.write("authority.pem", authority)),
      server_(
          [this](const std::string& request) { return answer(request); },
          transport::tls,
          identity
      ) {}

std::string token_service::auth() const {
    return fmt::format(
        "{{token: {{realm: \"https://localhost:{}/token\", service: {}, issuer: {}, "
        "rootcertbundle: {}}}}}",
        server_.port(),
        service,
        issuer,
        authority_file_
    );
}

std::vector<std::string> token_service::asked() const {
    const std::lock_guard hold(lock_);
    return asked_;
}

std::vector<std::string> token_service::given() const {
    const std::lock_guard hold(lock_);
    return given_;
}

std::string token_service::answer(const std::string& request) {
    const std::string repository = between(request, "scope=repository%3A", "& ");
    const std::string name = repository.substr(0, repository.find("%3A"));
    const std::string credentials = between(request, "Authorization: Basic ", "\r");
    const bool is_known = credentials == base64(how_.user + ":" + how_.password)
                          || between(request + "&", "refresh_token=", "& ") == how_.password;
    const std::lock_guard hold(lock_);
    asked_.push_back(
        (is_known              ? how_.user
         : credentials.empty() ? "nobody"
                               : "a stranger")
        + ": " + between(request, "scope=", "& ")
    );
    if (!is_known) {
        return http_answer("401 Unauthorized", R"({"details": "who are you?"})");
    }
    std::string plain_name = name;
    if (const std::size_t slash = plain_name.find("%2F"); slash != std::string::npos) {
        plain_name.replace(slash, 3, "/");
    }
    given_.push_back(token_for(plain_name));
    const json body = {{"token", given_.back()}, {"expires_in", how_.lives}};
    return http_answer("200 OK", body.dump());
}

std::string token_service::token_for(const std::string& repository) const {
    using clock = std::chrono::system_clock;
    const auto now = clock::to_time_t(clock::now());
    json access = json::array();
    if (!how_.access.empty()) {
        access.push_back({{"type", "repository"}, {"name", repository}, {"actions", {how_.access}}}
        );
    }
    const json head = {{"typ", "JWT"}, {"alg", "ES256"}, {"x5c", {body_of(identity_.certificate)}}};
    const json claims = {
        {"iss", issuer},
        {"sub", how_.user},
        {"aud", service},
        {"exp", now + 300},
        {"nbf", now - 60},
        {"iat", now},
        {"jti", "1"},
        {"access", access}};
    const std::string text = base64url(head.dump()) + "." + base64url(claims.dump());
    const signing_key key = signing_key::of_pem(identity_.key);
    return text + "." + base64url(key.sign(text, {.halves = true}));
}

} // namespace gatehouse::testing_support
