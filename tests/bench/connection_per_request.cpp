#include "tests/bench/connection_pool.h"
#include "tests/bench/measurement.h"
#include "tests/bench/modes.h"

#include <stdexcept>

namespace gatehouse::bench {

namespace {

class reconnecting_loop {
  public:
    explicit reconnecting_loop(const load_options& options)
        : options_(options),
          pool_(options.port, options.connections),
          requests_(options.connections, request_text(options.body)),
          opened_(options.connections),
          measured_(options.server) {}

    std::string run() {
        for (std::size_t slot = 0; slot < pool_.size(); ++slot) {
            open(slot);
        }
        run_until(steady::now() + options_.warm_up);
        measured_.begin();
        run_until(steady::now() + options_.duration);
        measured_.end();
        return measured_.json();
    }

  private:
    void open(std::size_t slot) {
        opened_[slot] = steady::now();
        pool_.open(slot);
    }

    void run_until(steady::time_point end) {
        while (steady::now() < end) {
            pool_.poll(std::chrono::milliseconds{100}, [&](std::size_t slot, bool answered) {
                go_on(slot, answered);
            });
        }
    }

    void go_on(std::size_t slot, bool answered) {
        connection& one = pool_[slot];
        if (one.now() == connection::state::failed) {
            throw std::runtime_error(one.failure());
        }
        if (answered) {
            require_answer(one.last(), requests_[slot], options_.expect);
            measured_.answered(steady::now() - opened_[slot]);
            one.say_goodbye();
            open(slot);
        } else if (one.now() == connection::state::idle) {
            requests_[slot].stamp(++count_);
            one.send(requests_[slot].bytes());
        }
    }

    const load_options& options_;
    connection_pool pool_;
    std::vector<request_text> requests_;
    std::vector<steady::time_point> opened_;
    std::uint64_t count_ = 0;
    measurement measured_;
};

} // namespace

std::string connection_per_request(const load_options& options) {
    return reconnecting_loop(options).run();
}

} // namespace gatehouse::bench
