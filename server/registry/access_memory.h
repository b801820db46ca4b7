#pragma once
// What conversations with registries learn about getting in, for those that come after: the tokens that
// still hold, and how each registry wants to be asked, so that it need not refuse every conversation once
// to say so. What is remembered is a way to begin, never a right: the registry's answer decides, and what
// it refuses is asked for anew. One thread.

#include "server/registry/token.h"

#include <map>
#include <optional>
#include <string>

namespace gatehouse::server {

struct endpoint;

/// How a registry wants its callers to say who they are.
enum class access_scheme : std::uint8_t { unknown, basic, bearer };

struct access_way {
    access_scheme scheme = access_scheme::unknown;
    token_service service; ///< of bearer
};

class access_memory {
  public:
    token_cache tokens;

    /// For a repository there; nothing where nobody has asked that registry yet.
    [[nodiscard]] std::optional<access_way> way_to(const endpoint& at) const;
    /// Only a way that holds for every repository is kept: one with the usual scope.
    void keep(const endpoint& at, const access_way& way);
    void forget(const endpoint& at);
    void forget_ways() { ways_.clear(); }

  private:
    static constexpr std::size_t most_ways = 256;
    std::map<std::string, access_way> ways_; ///< without scopes
};

} // namespace gatehouse::server
