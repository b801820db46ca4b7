#pragma once
// What stands in the Authorization header of one conversation with a registry: found out once for all its
// requests, from the registry's challenge, or from what conversations before remember of it, and the
// credentials that are for the repository, each in turn and nobody's at last. A state machine without I/O;
// the dialogue (dialogue.h) drives it. One thread.

#include "policy/evidence.h"
#include "server/registry/access_memory.h"
#include "server/registry/endpoint.h"

#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {

class authorizer {
  public:
    /// What to do with a request that was refused.
    enum class advice : std::uint8_t {
        resend, ///< the header is another one now
        wait,   ///< until a request of ours (take_request) is answered
        final,  ///< nothing is left to try
    };

    /// Requires: both outlive this.
    authorizer(const endpoint& at, access_memory& memory) : at_(at), memory_(memory) {}

    /// Before the first request: goes the way that is remembered.
    void begin(tick_time now);

    [[nodiscard]] const secret& header() const noexcept { return header_; }
    /// Changes with the header.
    [[nodiscard]] std::size_t generation() const noexcept { return generation_; }

    /// A request with the header of `generation` was answered 400, 401 or 403.
    [[nodiscard]] advice refused(
        std::size_t generation,
        const http_response& answer,
        tick_time now
    );
    /// Goes on to the next credential, for a repository that this one may not see.
    [[nodiscard]] advice next(tick_time now);
    /// Whether next() may find something.
    [[nodiscard]] bool has_more() const noexcept;

    /// The token or challenge request to send now, once.
    [[nodiscard]] std::optional<http_request> take_request();
    void answered(const policy::fact<http_response>& answer, tick_time now);
    [[nodiscard]] bool is_waiting() const noexcept { return is_waiting_; }

    /// Why there is no way to go on at all: the token service cannot be had, or must not be asked.
    [[nodiscard]] const std::optional<policy::fetch_failure>& failure() const noexcept {
        return failure_;
    }
    /// The end of a message about a refusal: which files were tried and what to do.
    [[nodiscard]] std::string words() const;

  private:
    [[nodiscard]] const credential* current() const noexcept;
    [[nodiscard]] bool read_challenge(const http_response& answer);
    [[nodiscard]] bool accepts(const url& realm) const;
    /// Tries attempt_ and those behind it.
    [[nodiscard]] advice advance(tick_time now);
    [[nodiscard]] advice ask_token(token_method method);
    [[nodiscard]] advice set_header(secret value);
    [[nodiscard]] advice fail(policy::failure_cause cause, std::string detail);
    void token_answered(const http_response& answer, tick_time now);
    [[nodiscard]] std::string token_key(const credential* with) const;
    /// A refusal of what was remembered: what holds instead, if another way does.
    [[nodiscard]] bool read_new_challenge(const http_response& answer);
    /// As if nothing had been remembered.
    void start_over();

    const endpoint& at_;
    access_memory& memory_;
    secret header_;
    std::size_t generation_ = 0;
    access_way way_;
    /// Into at_.credentials; one more is nobody's.
    std::size_t attempt_ = 0;
    bool is_attempted_ = false;  ///< attempt_ was begun
    bool is_cached_ = false;     ///< the header's token was in the cache
    bool is_remembered_ = false; ///< way_ was, and the registry has not confirmed it
    bool is_nobody_refused_ = false;
    bool is_waiting_ = false;
    bool is_probe_ = false; ///< what we wait for is a challenge, not a token
    bool has_probed_ = false;
    token_method method_ = token_method::get;
    std::optional<http_request> request_;
    std::optional<policy::fetch_failure> failure_;
};

} // namespace gatehouse::server
