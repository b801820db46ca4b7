#include "server/trial/ask.h"

#include "server/http_client.h"
#include "server/net.h"
#include "server/run_to_end.h"
#include "server/trial/reviews.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace gatehouse::server {
namespace {

using namespace std::chrono_literals;

// As the API server waits by default.
constexpr auto longest_answer = 10s;
constexpr auto pause_between = 500ms;
constexpr std::size_t most_answer_bytes = std::size_t{1024} * 1024;
// The client trusts by this name, and for it goes to private addresses, where Services are.
constexpr const char* trusted = "webhook";

http_request request_of(const trial& about, const trial_review& one) {
    http_request out;
    out.method = "POST";
    out.host = about.webhook.host;
    out.port = about.webhook.port;
    out.target = about.webhook.target;
    out.headers = {{"content-type", "application/json"}, {"accept", "application/json"}};
    out.body = one.body;
    out.most_body_bytes = most_answer_bytes;
    out.registry = trusted;
    return out;
}

/// A webhook that has no certificate to be trusted does not get one by waiting.
bool is_worth_another_try(policy::failure_cause cause) {
    return cause == policy::failure_cause::dns || cause == policy::failure_cause::connect
           || cause == policy::failure_cause::timeout
           || cause == policy::failure_cause::tls_handshake;
}

class asker {
  public:
    asker(
        const trial& about,
        const clock& time,
        const std::function<void(std::string_view)>& say,
        loop& runs_on
    )
        : about_(about),
          time_(time),
          say_(say),
          loop_(runs_on),
          end_(time.ticks() + std::chrono::duration_cast<tick_time::duration>(about.timeout)),
          client_(runs_on, time, settings_of(about)) {}

    awaitable<policy::result<void>> run() {
        for (const trial_review& one : trial_reviews()) {
            auto answer = co_await ask(one);
            if (const auto* failure = std::get_if<policy::fetch_failure>(&answer)) {
                co_return policy::error(policy::errc::unavailable, failure->detail);
            }
            const auto& got = std::get<http_response>(answer);
            GATEHOUSE_CO_TRY(const std::string said, read_trial_answer(one, got.status, got.body));
            say_(said);
        }
        co_return policy::success();
    }

  private:
    static http_client_settings settings_of(const trial& about) {
        http_client_settings out{.peers = http_peers::webhook};
        if (!about.authorities.empty()) {
            out.authorities.emplace(trusted, about.authorities);
        }
        return out;
    }

    awaitable<policy::fact<http_response>> ask(const trial_review& one) {
        for (;;) {
            const tick_time now = time_.ticks();
            const tick_time deadline = std::min<tick_time>(end_, now + longest_answer);
            http_request request = request_of(about_, one);
            auto answer = co_await client_.send(std::move(request), deadline);
            const auto* failure = std::get_if<policy::fetch_failure>(&answer);
            if (failure == nullptr || !is_worth_another_try(failure->cause)
                || time_.ticks() + pause_between >= end_) {
                co_return answer;
            }
            steady_timer pause(loop_);
            pause.expires_after(pause_between);
            const auto [ended] = co_await pause.async_wait(use_token);
            if (ended) {
                co_return answer;
            }
        }
    }

    const trial& about_;
    const clock& time_;
    const std::function<void(std::string_view)>& say_;
    loop& loop_;
    tick_time end_;
    http_client client_;
};

} // namespace

policy::result<void> ask_webhook(
    const trial& about,
    const clock& time,
    const std::function<void(std::string_view)>& say
) {
    loop runs;
    asker one(about, time, say, runs);
    return run_to_end(runs, one.run());
}

} // namespace gatehouse::server
