#pragma once
// Gathers what a migration has to tell, for the files of from_gatekeeper.h.

#include "policy/migrate/from_gatekeeper.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::policy {

class migration_notes {
  public:
    void warn(std::string field, std::string message) {
        all_.push_back({false, std::move(field), std::move(message)});
    }
    void fail(std::string field, std::string message) {
        all_.push_back({true, std::move(field), std::move(message)});
    }
    /// About one item of a list: `FIELD[2]: "text" MESSAGE`.
    void warn_of(
        std::string_view field,
        std::size_t number,
        std::string_view text,
        std::string_view message
    ) {
        warn(
            fmt::format("{}[{}]", field, number),
            fmt::format("{} {}", policy::quoted(text), message)
        );
    }

    [[nodiscard]] bool failed() const {
        return std::ranges::any_of(all_, &migration_note::is_error);
    }
    [[nodiscard]] std::vector<migration_note> take() { return std::move(all_); }

  private:
    std::vector<migration_note> all_;
};

} // namespace gatehouse::policy
