#pragma once
// Gatehouse's own certificates as one replica sees them: the Secret as it was read last, the contents of it that
// made sense last, which are what is served, and while this replica leads the next step of their rotation. What
// makes no sense is told and never replaced; a Secret that was emptied gets back what is in force. Loop thread
// only.

#include "server/certificates/rotation.h"
#include "server/kube/client.h"
#include "server/log.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace gatehouse::server {

class certificate_keeper {
  public:
    /// All but `place` and `settings` outlive this.
    certificate_keeper(
        api_client& api,
        const clock& time,
        log& told,
        kube_place place,
        rotation_settings settings
    );
    certificate_keeper(const certificate_keeper&) = delete;
    certificate_keeper& operator=(const certificate_keeper&) = delete;

    /// The Secret as it is; null where there is none. True: other contents are in force now.
    [[nodiscard]] bool see(const nlohmann::json& object);

    /// What is served and published; null before there is any.
    [[nodiscard]] const secret_contents* in_force() const {
        return in_force_ ? &*in_force_ : nullptr;
    }
    /// What the Secret holds now is what is served.
    [[nodiscard]] bool makes_sense() const noexcept { return makes_sense_; }
    /// It makes no sense, and is not served.
    [[nodiscard]] bool is_refused() const noexcept { return is_refused_; }
    /// The end of the newest authority.
    [[nodiscard]] std::optional<wall_time> authority_end() const;

    struct tended {
        nlohmann::json written;    ///< the Secret as it was written; null where nothing was
        std::string written_over;  ///< resourceVersion of the Secret that was known
        wall_time look_again{};    ///< where all is well
        bool was_outdated = false; ///< somebody else wrote meanwhile: it is to be read anew
        bool has_failed = false;   ///< it is to be tried again soon
    };
    /// The next step, if one is due. Requires: this replica leads.
    [[nodiscard]] awaitable<tended> tend(std::optional<std::chrono::nanoseconds> published_for);

    /// Why nothing or not the newest is served; empty where all is well. For /readyz.
    [[nodiscard]] std::string trouble() const {
        return trouble_ + (trouble_.empty() || write_failure_.empty() ? "" : "; ") + write_failure_;
    }
    [[nodiscard]] std::uint64_t steps(rotation_action of) const {
        return steps_[static_cast<std::size_t>(of)];
    }
    [[nodiscard]] const kube_place& place() const noexcept { return place_; }

  private:
    struct intention {
        rotation_action action = rotation_action::wait;
        secret_contents next;
        wall_time look_again{};
    };

    [[nodiscard]] policy::result<intention> next(
        std::optional<std::chrono::nanoseconds> published_for
    ) const;
    void set_trouble(std::string text);
    void refuse(const std::string& why);

    api_client& api_;
    const clock& time_;
    log& log_;
    const kube_place place_;
    const rotation_settings settings_;
    std::optional<nlohmann::json> seen_; ///< null: there is none
    secret_contents contents_;           ///< of `seen_`
    bool makes_sense_ = false;           ///< `contents_`, which are not empty
    bool is_refused_ = false;            ///< they are neither empty nor make sense
    std::optional<secret_contents> in_force_;
    std::optional<examined_contents> examined_; ///< of `in_force_`
    std::string trouble_;
    std::string write_failure_;
    std::array<std::uint64_t, rotation_action_count> steps_{};
};

} // namespace gatehouse::server
