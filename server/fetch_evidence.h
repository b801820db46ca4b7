#pragma once
// All the evidence that a command wants, at once: for programs that ask, answer and end, such as `verify`
// and `check --resolve`. Runs a loop of its own until everything is there or had its time. What is missing
// in the answer was not looked up, which no decision takes for an allow.

#include "policy/evidence.h"
#include "server/clock.h"
#include "server/registry_state.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace gatehouse::server {

/// So many images are asked for side by side; what one host may have at once is the client's affair.
inline constexpr std::size_t most_images_at_once = 16;

struct evidence_limits {
    tick_time::duration an_image{};       ///< from when it is asked for
    tick_time the_end = tick_time::max(); ///< of everything; none is asked for after it
};

/// Each image and each place of signatures is asked once. `fault` is told of exceptions that ended a look-up.
/// Requires: distinct images.
[[nodiscard]] policy::evidence fetch_evidence(
    std::shared_ptr<const registry_state> registries,
    std::vector<policy::image_want> wants,
    const evidence_limits& limits,
    const clock& time,
    std::function<void(std::string_view)> fault
);

} // namespace gatehouse::server
