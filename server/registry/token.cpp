#include "server/registry/token.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <simdjson.h>

#include <algorithm>

namespace gatehouse::server {
namespace {

using policy::errc;
using policy::error;

constexpr std::size_t longest_answer = std::size_t{64} << 10;
constexpr std::chrono::seconds longest_life{3600};
/// So that a token does not end on the way to the registry.
constexpr std::chrono::seconds margin{5};

std::string base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0'); // OpenSSL ends it with a NUL
    const int size = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(size));
    return text;
}

bool is_sendable(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string form_of(const token_service& at) {
    std::string text = "service=" + percent_encoded(at.service);
    for (const std::string& scope : at.scopes) {
        text += "&scope=" + percent_encoded(scope);
    }
    return text;
}

} // namespace

secret basic_authorization(const credential& with) {
    return secret("Basic " + base64(with.user + ":" + with.password.reveal()));
}

http_request token_request(const token_service& at, const credential* with, token_method method) {
    http_request made;
    made.scheme = at.realm.scheme;
    made.host = at.realm.host;
    made.port = at.realm.port;
    made.target = at.realm.target;
    made.headers = {{"Accept", "application/json"}, {"Accept-Encoding", "identity"}};
    made.most_body_bytes = longest_answer;
    if (method == token_method::post_identity && with != nullptr) {
        made.method = "POST";
        made.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        made.body = fmt::format(
            "grant_type=refresh_token&{}&client_id=gatehouse&refresh_token={}",
            form_of(at),
            percent_encoded(with->identity_token.reveal())
        );
        return made;
    }
    made.target += at.realm.target.find('?') == std::string::npos ? '?' : '&';
    made.target += form_of(at);
    if (with != nullptr && !with->password.empty()) {
        made.headers.emplace_back("Authorization", basic_authorization(*with).reveal());
    } else if (with != nullptr && !with->identity_token.empty()) {
        // Services without the form take the identity token for the password.
        credential as_password;
        as_password.user = with->user;
        as_password.password = with->identity_token;
        made.headers.emplace_back("Authorization", basic_authorization(as_password).reveal());
    }
    return made;
}

policy::result<token> parse_token(std::string_view body) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (body.size() > longest_answer) {
        return error(errc::too_large, "is longer than 64 KiB");
    }
    if (parser.parse(simdjson::padded_string(body)).get(root) != simdjson::SUCCESS
        || !root.is_object()) {
        return error(errc::malformed, "is not a JSON object");
    }
    std::string_view value;
    if (root["token"].get(value) != simdjson::SUCCESS || value.empty()) {
        value = {};
        if (root["access_token"].get(value) != simdjson::SUCCESS) {
            return error(errc::malformed, "has no token");
        }
    }
    if (!is_sendable(value)) {
        return error(errc::malformed, "has a token that cannot stand in a header");
    }
    token made;
    made.value = secret(std::string(value));
    std::int64_t lives = 0;
    if (root["expires_in"].get(lives) == simdjson::SUCCESS && lives > 0) {
        made.lives = std::chrono::seconds(std::min<std::int64_t>(lives, longest_life.count()));
    }
    return made;
}

std::string token_cache::key(
    std::string_view registry,
    const token_service& service,
    const credential* with
) {
    std::string text =
        fmt::format("{}\n{}{}\n", registry, service.realm.authority(), service.realm.target);
    text += form_of(service);
    return text + "\n" + (with == nullptr ? std::string() : with->hash());
}

std::optional<secret> token_cache::find(const std::string& key, tick_time now) const {
    const auto at = tokens_.find(key);
    if (at == tokens_.end() || at->second.until <= now) {
        return std::nullopt;
    }
    return at->second.value;
}

void token_cache::keep(const std::string& key, const token& what, tick_time now) {
    std::erase_if(tokens_, [&](const auto& one) { return one.second.until <= now; });
    if (tokens_.size() >= most) {
        tokens_.erase(tokens_.begin());
    }
    tokens_.insert_or_assign(
        key, kept{what.value, now + what.lives - std::min(margin, what.lives)}
    );
}

} // namespace gatehouse::server
