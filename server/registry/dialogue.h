#pragma once
// The requests of one conversation with one endpoint of a registry: each carries what the authorizer says, is
// sent again when that changes, and follows redirects (at most 5, https only, without credentials on another
// origin). Conversations (resolve.h, collect.h) ask and read answers; the client (client.h) carries requests
// and responses. No I/O, no clock; one thread.

#include "policy/evidence.h"
#include "server/http_message.h"
#include "server/registry/authorizer.h"
#include "server/registry/endpoint.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

struct call {
    std::string method = "GET";
    std::string target; ///< below the repository ("/manifests/1.0"), or a whole one of this host
    std::string accept;
    std::size_t most_body_bytes = 0;
    std::shared_ptr<body_sink> body_to; ///< as in http_request
};

struct outgoing {
    std::size_t id = 0; ///< give() wants it back
    http_request request;
    tick_time not_before{}; ///< the registry was too busy before
};

class dialogue {
  public:
    /// Requires: `memory` outlives this.
    dialogue(endpoint at, access_memory& memory, tick_time deadline)
        : at_(std::move(at)), authorizer_(at_, memory), deadline_(deadline) {}
    dialogue(const dialogue&) = delete;
    dialogue& operator=(const dialogue&) = delete;
    ~dialogue() = default;

    [[nodiscard]] const endpoint& at() const noexcept { return at_; }

    /// Its number, which the answer has.
    std::size_t ask(call what);

    /// What to send now, at most 8 at a time; each is answered by one give().
    [[nodiscard]] std::vector<outgoing> take_requests(tick_time now);
    void give(std::size_t id, policy::fact<http_response> answer, tick_time now);

    struct answered_call {
        std::size_t asked;
        policy::fact<http_response> response; ///< of any status but those that were dealt with
    };
    [[nodiscard]] std::optional<answered_call> take_answer();

    /// Goes on to the next credential for all that is asked from now on; false where there is none.
    [[nodiscard]] bool use_next_credential(tick_time now);

    /// A status other than 200 as a failure; `what` was asked for: "team/app:1.0".
    [[nodiscard]] policy::fetch_failure refusal(const http_response& got, std::string_view what)
        const;
    [[nodiscard]] policy::fetch_failure failure(policy::failure_cause cause, std::string detail)
        const;

  private:
    enum class state : std::uint8_t { queued, in_flight, parked };
    struct open_call {
        call what;
        url where;
        state now = state::queued;
        std::size_t generation = 0; ///< of the header it was sent with
        unsigned redirects = 0;
        unsigned sent = 0;
        unsigned waits = 0;
        tick_time not_before{};
        http_response refused; ///< the answer to give if nothing else comes of it
    };

    [[nodiscard]] url start_of(const call& what) const;
    [[nodiscard]] http_request request_of(const open_call& one) const;
    void finish(std::size_t id, policy::fact<http_response> with);
    void redirect(std::size_t id, const http_response& answer);
    void refuse(std::size_t id, http_response answer, tick_time now);
    /// When to send once more what was answered so; nothing where that is the answer.
    [[nodiscard]] std::optional<tick_time> time_to_retry(
        const policy::fact<http_response>& answer,
        unsigned waits,
        std::size_t id,
        tick_time now
    );
    void wake_parked();

    endpoint at_;
    authorizer authorizer_;
    tick_time deadline_;
    std::map<std::size_t, open_call> calls_;
    std::deque<answered_call> answers_;
    std::size_t next_id_ = 1; ///< 0 is the authorizer's
    std::size_t in_flight_ = 0;
    bool has_begun_ = false;
    std::size_t throttled_in_a_row_ = 0;
    outgoing own_; ///< the authorizer's request under way
    unsigned own_waits_ = 0;
    bool is_own_due_ = false;
};

} // namespace gatehouse::server
