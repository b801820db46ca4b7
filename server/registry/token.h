#pragma once
// Tokens of registries: how one is asked for, what the answer means, and the cache of those that still
// hold. The protocol is that of docker's registries, GET with Basic or POST of an identity token as OAuth2
// form. Pure but for the cache, which belongs to one thread.

#include "policy/result.h"
#include "server/clock.h"
#include "server/http_message.h"
#include "server/registry/credentials.h"
#include "server/registry/url.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

/// Where tokens are had and for what.
struct token_service {
    url realm;
    std::string service;
    std::vector<std::string> scopes;
};

enum class token_method : std::uint8_t {
    get,           ///< with the password as Basic, or anonymous
    post_identity, ///< with the identity token; not every service knows it
};

/// `with` null: anonymous. Where the connection's rights are is the caller's to set.
[[nodiscard]] http_request token_request(
    const token_service& at,
    const credential* with,
    token_method method
);

struct token {
    secret value;
    std::chrono::seconds lives{60};
};

/// `token` or `access_token`; a lifetime that is not told is 60 s, none is longer than an hour.
[[nodiscard]] policy::result<token> parse_token(std::string_view body);

/// "Basic ..." of a password.
[[nodiscard]] secret basic_authorization(const credential& with);

class token_cache {
  public:
    /// Registry, service, scopes and credential: what a token is good for.
    [[nodiscard]] static std::string key(
        std::string_view registry,
        const token_service& service,
        const credential* with
    );
    [[nodiscard]] std::optional<secret> find(const std::string& key, tick_time now) const;
    void keep(const std::string& key, const token& what, tick_time now);
    void drop(const std::string& key) { tokens_.erase(key); }

  private:
    struct kept {
        secret value;
        tick_time until;
    };
    static constexpr std::size_t most = 1024;
    std::map<std::string, kept> tokens_;
};

} // namespace gatehouse::server
