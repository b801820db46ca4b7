#pragma once
// Keeps the ValidatingWebhookConfiguration as it should be, while this replica leads: applies the rendered
// webhooks with the caBundle in force, and again whenever they differ. An object that is not there is never
// made: Helm, or an administrator in need, removed it. Loop thread only.

#include "server/kube/client.h"
#include "server/log.h"
#include "server/registration/rendered.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace gatehouse::server {

class registrar {
  public:
    /// Both outlive this.
    registrar(api_client& api, log& told) : api_(api), log_(told) {}
    registrar(const registrar&) = delete;
    registrar& operator=(const registrar&) = delete;

    /// What is to be registered from now on.
    void want(std::shared_ptr<const rendered_registration> rendered, const std::string& bundle);
    /// The object as it is; null where there is none.
    void see(nlohmann::json live);
    void lose_sight() { live_.reset(); }

    /// The object is known, there and different from what is wanted.
    [[nodiscard]] bool is_due() const;
    /// Makes it so; an error where it could not be, which is told as well. Requires: is_due().
    [[nodiscard]] awaitable<policy::result<void>> put_right();

    [[nodiscard]] bool is_wanted() const noexcept { return rendered_ != nullptr; }
    /// The object is there and as wanted.
    [[nodiscard]] bool is_right() const;
    /// Its webhooks' one caBundle; nothing unless is_seen() and it has one.
    [[nodiscard]] std::optional<std::string> live_bundle() const;
    /// Known, be it that there is none.
    [[nodiscard]] bool is_seen() const noexcept { return live_.has_value(); }
    /// No API server calls us: there is no such object, or it is empty.
    [[nodiscard]] bool is_unused() const;

    /// For /readyz.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::uint64_t applies(bool successful) const noexcept {
        return successful ? applied_ : failed_;
    }

  private:
    [[nodiscard]] policy::result<void> taken(api_result answer);

    api_client& api_;
    log& log_;
    std::shared_ptr<const rendered_registration> rendered_;
    nlohmann::json wanted_; ///< null: no bundle yet
    std::optional<nlohmann::json> live_;
    std::string failure_; ///< of the last apply; empty where it went well
    std::uint64_t applied_ = 0;
    std::uint64_t failed_ = 0;
};

} // namespace gatehouse::server
