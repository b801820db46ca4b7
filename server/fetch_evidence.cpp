#include "server/fetch_evidence.h"

#include "server/fact_service.h"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace gatehouse::server {
namespace {

/// Shared by the coroutines that each take the next image until none is left.
struct round {
    fact_service& from;
    std::vector<policy::image_want> wants;
    const evidence_limits& limits;
    const clock& time;
    std::size_t next = 0;
    std::size_t working = 0;
    policy::evidence found = {};
    std::exception_ptr thrown = nullptr;
};

awaitable<void> work(round* on) {
    while (on->next < on->wants.size() && on->time.ticks() < on->limits.the_end) {
        std::vector<policy::image_want> one;
        one.push_back(std::move(on->wants[on->next++]));
        const tick_time now = on->time.ticks();
        const bool is_last = on->limits.the_end - now < on->limits.an_image;
        const tick_time deadline = is_last ? on->limits.the_end : now + on->limits.an_image;
        auto got = co_await on->from.cache().fetch(std::move(one), deadline);
        std::ranges::move(got.images, std::back_inserter(on->found.images));
    }
}

} // namespace

policy::evidence fetch_evidence(
    std::shared_ptr<const registry_state> registries,
    std::vector<policy::image_want> wants,
    const evidence_limits& limits,
    const clock& time,
    std::function<void(std::string_view)> fault
) {
    if (wants.empty()) {
        return {};
    }
    registry_counts counts;
    fact_service facts(counts, time, std::move(fault));
    facts.use(std::move(registries));
    round on{facts, std::move(wants), limits, time};
    on.working = std::min(on.wants.size(), most_images_at_once);
    for (std::size_t i = on.working; i > 0; --i) {
        asio::co_spawn(facts.runs_on(), work(&on), [&on](const std::exception_ptr& thrown) {
            on.thrown = on.thrown ? on.thrown : thrown;
            if (--on.working == 0) {
                on.from.runs_on().stop(); // timers and kept connections would hold it
            }
        });
    }
    facts.runs_on().run();
    if (on.thrown) {
        std::rethrow_exception(on.thrown);
    }
    return std::move(on.found);
}

} // namespace gatehouse::server
