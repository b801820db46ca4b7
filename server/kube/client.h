#pragma once
// Talks to the API server about single named objects: JSON over the one HTTP client, with a token that is
// read again as kubelets renew it. Every answer is bounded; an answer of a status other than 2xx is a
// failure with the API server's own reason. Retries nothing but a refused token: whoever asks knows better.
// Loop thread only.

#include "server/body_sink.h"
#include "server/cpu_pool.h"
#include "server/http_client.h"
#include "server/kube/api_access.h"
#include "server/kube/kube_counts.h"
#include "server/kube/objects.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace gatehouse::server {

struct api_failure {
    unsigned status = 0; ///< 0: no answer came
    std::string text;    ///< what was asked and why it failed, printable and bounded
};

using api_result = std::variant<nlohmann::json, api_failure>;

class api_client {
  public:
    /// How long a token is used before its file is looked at again.
    static constexpr std::chrono::seconds token_life{60};
    static constexpr std::size_t most_answer_bytes = std::size_t{4} << 20;
    /// Of all the events of one watch.
    static constexpr std::size_t most_watch_bytes = std::size_t{64} << 20;
    static constexpr std::chrono::seconds usual_limit{10};

    /// All but `at` outlive this.
    api_client(
        loop& runs_on,
        cpu_pool& files,
        const clock& time,
        kube_counts& counts,
        api_access at
    );
    api_client(const api_client&) = delete;
    api_client& operator=(const api_client&) = delete;

    [[nodiscard]] awaitable<api_result> get(
        kube_place place,
        std::chrono::nanoseconds limit = usual_limit
    );
    /// Replaces the object; its resourceVersion must be the one in force (else status 409).
    [[nodiscard]] awaitable<api_result> update(
        kube_place place,
        nlohmann::json object,
        std::chrono::nanoseconds limit = usual_limit
    );
    /// Server-side apply under the field manager "gatehouse", taking over what others own.
    [[nodiscard]] awaitable<api_result> apply(kube_place place, nlohmann::json object);
    /// JSON merge patch (RFC 7386).
    [[nodiscard]] awaitable<api_result> merge(kube_place place, nlohmann::json patch);
    /// The events of `lasts` from `resource_version` on go into `events`. A failure, or nothing where the
    /// API server ended the watch in good order.
    [[nodiscard]] awaitable<std::optional<api_failure>> watch(
        kube_place place,
        std::string resource_version,
        std::chrono::seconds lasts,
        std::shared_ptr<body_sink> events
    );

  private:
    struct question;
    struct write_kind;

    [[nodiscard]] awaitable<policy::result<void>> renew_credentials();
    [[nodiscard]] awaitable<api_result> ask(question what);
    [[nodiscard]] awaitable<api_result> send_object(
        kube_place place,
        write_kind how,
        const nlohmann::json& object,
        std::chrono::nanoseconds limit
    );
    [[nodiscard]] awaitable<policy::fact<http_response>> send(
        const question* what,
        tick_time deadline
    );

    cpu_pool& files_;
    const clock& time_;
    kube_counts& counts_;
    const api_access at_;
    http_client over_;
    api_credentials credentials_;
    std::optional<tick_time> renewed_; ///< when the credentials were read
};

} // namespace gatehouse::server
