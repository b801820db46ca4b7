#pragma once
// Path and method to handler: a short table, searched in order. Each listener has one. An unknown
// path is 404, a known one with another method 405 with Allow; HEAD goes where GET goes; one
// trailing slash does not count. Immutable once made.

#include "server/handler.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gatehouse::server {

struct route {
    std::string path; ///< without a trailing slash
    http_method method = http_method::get;
    handler answer;
};

class router {
  public:
    explicit router(std::vector<route> routes);

    /// The handler (which lives as long as the router), or the answer that refuses the request.
    [[nodiscard]] std::variant<const handler*, response> find(
        http_method method,
        std::string_view path
    ) const;

  private:
    struct entry {
        route what;
        std::string allow; ///< every method of its path, for 405
    };
    std::vector<entry> entries_;
};

} // namespace gatehouse::server
