#include "tests/bench/connection_pool.h"
#include "tests/bench/measurement.h"
#include "tests/bench/modes.h"

#include <fmt/core.h>

#include <stdexcept>

namespace gatehouse::bench {

void require_answer(
    const connection::answer& what,
    const request_text& request,
    expectation expect
) {
    if (what.status != 200 || !is_answer(what.body, request.uid(), expect)) {
        throw std::runtime_error(
            fmt::format("wrong answer: HTTP {}: {}", what.status, what.body.substr(0, 1000))
        );
    }
}

namespace {

class loop {
  public:
    explicit loop(const load_options& options)
        : options_(options),
          pool_(options.port, options.connections),
          requests_(options.connections, request_text(options.body)),
          sent_(options.connections),
          measured_(options.server) {}

    std::string run() {
        pool_.establish(std::chrono::seconds{10});
        const auto start = steady::now();
        for (std::size_t slot = 0; slot < pool_.size(); ++slot) {
            send(slot, start);
        }
        run_until(start + options_.warm_up);
        measured_.begin();
        run_until(steady::now() + options_.duration);
        measured_.end();
        return measured_.json();
    }

  private:
    void send(std::size_t slot, steady::time_point now) {
        requests_[slot].stamp(++count_);
        sent_[slot] = now;
        pool_[slot].send(requests_[slot].bytes());
    }

    void run_until(steady::time_point end) {
        auto last = steady::now();
        while (last < end) {
            // Never sleeps: waking a sleeper would be the server's work, and the slower server's more often.
            pool_.poll(std::chrono::milliseconds{0}, [&](std::size_t slot, bool answered) {
                if (pool_[slot].now() == connection::state::failed) {
                    throw std::runtime_error(pool_[slot].failure());
                }
                if (answered) {
                    require_answer(pool_[slot].last(), requests_[slot], options_.expect);
                    last = steady::now();
                    measured_.answered(last - sent_[slot]);
                    send(slot, last);
                }
            });
            last = steady::now();
        }
    }

    const load_options& options_;
    connection_pool pool_;
    std::vector<request_text> requests_;
    std::vector<steady::time_point> sent_;
    std::uint64_t count_ = 0;
    measurement measured_;
};

} // namespace

std::string closed_loop(const load_options& options) { return loop(options).run(); }

} // namespace gatehouse::bench
