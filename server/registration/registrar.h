#pragma once
// Keeps the ValidatingWebhookConfiguration as it should be, while this replica leads: applies the rendered
// webhooks with the caBundle in force, and again whenever they differ. An object that is not there is never
// made: Helm, or an administrator in need, removed it. Loop thread only.

#include "server/kube/client.h"
#include "server/log.h"
#include "server/registration/rendered.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace gatehouse::server {

class registrar {
  public:
    /// True while this replica may write.
    using permission = std::function<bool()>;

    /// `api` and `told` outlive this.
    registrar(api_client& api, log& told, permission may_write)
        : api_(api), log_(told), may_write_(std::move(may_write)) {}
    registrar(const registrar&) = delete;
    registrar& operator=(const registrar&) = delete;

    /// What is to be registered from now on.
    void want(std::shared_ptr<const rendered_registration> rendered, const std::string& bundle);
    /// The object as it is, which object_watch tells; null where there is none.
    void see(nlohmann::json live);

    /// The object is known, there and different from what is wanted.
    [[nodiscard]] bool is_due() const;
    struct outcome {
        std::string written_over;  ///< resourceVersion of the object that was known
        nlohmann::json answer;     ///< the object as it was written; null where it is not right yet
        bool was_outdated = false; ///< somebody else wrote meanwhile: it is to be read anew
    };
    /// Makes it so. Where that fails it is told. Requires: is_due().
    [[nodiscard]] awaitable<outcome> put_right();

    /// The object is there and as wanted.
    [[nodiscard]] bool is_right() const;
    /// Its webhooks' one caBundle; nothing unless the object is known and has one.
    [[nodiscard]] std::optional<std::string> live_bundle() const;
    /// No API server calls us: there is no such object, or it is empty.
    [[nodiscard]] bool is_unused() const;

    /// For /readyz.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::uint64_t applies(bool successful) const noexcept {
        return successful ? applied_ : failed_;
    }

  private:
    void fail(const std::string& why);

    api_client& api_;
    log& log_;
    permission may_write_;
    std::shared_ptr<const rendered_registration> rendered_;
    nlohmann::json wanted_; ///< null: no bundle yet
    std::optional<nlohmann::json> live_;
    std::string failure_; ///< of the last apply; empty where it went well
    std::uint64_t applied_ = 0;
    std::uint64_t failed_ = 0;
};

} // namespace gatehouse::server
