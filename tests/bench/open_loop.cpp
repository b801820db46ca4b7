#include "tests/bench/connection_pool.h"
#include "tests/bench/measurement.h"
#include "tests/bench/modes.h"

#include <deque>
#include <stdexcept>

namespace gatehouse::bench {

namespace {

/// A backlog of that much time means that the server cannot keep up, and the run is void.
constexpr double most_backlog_seconds = 2;

class open_model {
  public:
    explicit open_model(const load_options& options)
        : options_(options),
          pool_(options.port, options.connections),
          requests_(options.connections, request_text(options.body)),
          due_(options.connections),
          measured_(options.server) {}

    std::string run() {
        pool_.establish(std::chrono::seconds{10});
        for (std::size_t slot = 0; slot < pool_.size(); ++slot) {
            idle_.push_back(slot);
        }
        pacing schedule(steady::now(), options_.per_second, 20260117);
        run_until(schedule, steady::now() + options_.warm_up);
        measured_.begin();
        run_until(schedule, steady::now() + options_.duration);
        measured_.end();
        return measured_.json();
    }

  private:
    /// Looks at clock and sockets without ever sleeping, so that a request leaves when it is due
    /// and the client's own wake-up is in no latency.
    void run_until(pacing& schedule, steady::time_point end) {
        for (auto now = steady::now(); now < end; now = steady::now()) {
            while (schedule.next() <= now) {
                backlog_.push_back(schedule.take());
            }
            send_due();
            pool_.poll(std::chrono::milliseconds{0}, [&](std::size_t slot, bool answered) {
                if (pool_[slot].now() == connection::state::failed) {
                    throw std::runtime_error(pool_[slot].failure());
                }
                if (answered) {
                    require_answer(pool_[slot].last(), requests_[slot], options_.expect);
                    measured_.answered(steady::now() - due_[slot]);
                    idle_.push_back(slot);
                }
            });
        }
    }

    /// The connection used last goes first, as in Go's pool.
    void send_due() {
        while (!backlog_.empty() && !idle_.empty()) {
            const std::size_t slot = idle_.back();
            idle_.pop_back();
            due_[slot] = backlog_.front();
            backlog_.pop_front();
            requests_[slot].stamp(++count_);
            pool_[slot].send(requests_[slot].bytes());
        }
        if (static_cast<double>(backlog_.size()) > options_.per_second * most_backlog_seconds) {
            throw std::runtime_error("the server does not keep up with the rate");
        }
    }

    const load_options& options_;
    connection_pool pool_;
    std::vector<request_text> requests_;
    std::vector<steady::time_point> due_; ///< of the request that a slot is busy with
    std::vector<std::size_t> idle_;
    std::deque<steady::time_point> backlog_; ///< due, but no connection was free
    std::uint64_t count_ = 0;
    measurement measured_;
};

} // namespace

std::string open_loop(const load_options& options) { return open_model(options).run(); }

} // namespace gatehouse::bench
