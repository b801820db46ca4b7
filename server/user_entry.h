#pragma once
// What the fact cache keeps of the users of images: for a digest the platforms and their USER, for one platform's
// manifest its accounts. A digest's content never changes, so neither ever expires. Used by fact_cache; loop
// thread only.

#include "policy/user/accounts.h"
#include "policy/user/image_users.h"
#include "server/fact_entry.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::server {

struct user_entry : fact_entry {
    [[nodiscard]] std::string_view repository() const noexcept;
    [[nodiscard]] policy::digest image() const;
    [[nodiscard]] virtual bool is_known() const noexcept = 0;

  protected:
    using fact_entry::fact_entry;
};

struct platforms_entry final : user_entry {
    platforms_entry(std::string_view in_repository, const policy::digest& of);
    [[nodiscard]] std::size_t weight() const override;
    [[nodiscard]] bool is_known() const noexcept override { return found.has_value(); }
    /// "registry/repository@digest#platforms".
    static void write_key(std::string& to, std::string_view repository, const policy::digest& of);

    std::optional<policy::platform_images> found;
};

struct accounts_entry final : user_entry {
    accounts_entry(std::string_view in_repository, const policy::digest& of);
    [[nodiscard]] std::size_t weight() const override;
    [[nodiscard]] bool is_known() const noexcept override { return found != nullptr; }
    /// "registry/repository@digest#accounts".
    static void write_key(std::string& to, std::string_view repository, const policy::digest& of);

    std::shared_ptr<const policy::accounts> found;
};

} // namespace gatehouse::server
