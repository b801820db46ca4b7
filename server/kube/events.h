#pragma once
// The stream of a Kubernetes watch, from bytes as they arrive to typed events: one JSON object a line. Pure
// and bounded; object_watch feeds it. An event that cannot be read ends the stream, since what it said is
// lost: whoever watches looks at the object anew.

#include "policy/result.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

enum class watch_event_type : std::uint8_t { added, modified, deleted, bookmark, error };

struct watch_event {
    watch_event_type type = watch_event_type::error;
    nlohmann::json object; ///< a Status where `type` is error
};

/// metadata.resourceVersion of an object; empty where there is none, or none that could be one.
[[nodiscard]] std::string resource_version_of(const nlohmann::json& object);

class event_decoder {
  public:
    /// Kubernetes keeps no object beyond 1.5 MiB; a Secret's bytes are four thirds of that in base64.
    static constexpr std::size_t longest_event = std::size_t{4} << 20;

    /// The events that these bytes complete. Errors: malformed, too_large; nothing may be fed afterwards.
    [[nodiscard]] policy::result<std::vector<watch_event>> feed(std::span<const char> bytes);

    /// Bytes of an event that is not whole yet.
    [[nodiscard]] std::size_t pending() const noexcept { return line_.size(); }

  private:
    std::string line_;
};

} // namespace gatehouse::server
