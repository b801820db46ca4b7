#pragma once
// The token service of a registry, as its challenge names one: over TLS it gives a signed token (JWT) to
// who knows the password, and docker-registry believes what it signed.

#include "tests/support/scripted_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certs.h"

#include <string>
#include <vector>

namespace gatehouse::testing_support {

class token_service {
  public:
    struct options {
        std::string user;
        std::string password;
        std::string access = "pull"; ///< what the token of `user` allows; empty: nothing
        int lives = 300;             ///< seconds, as its answer says
    };

    /// Serves with the certificate `identity`, whose key signs the tokens too; `authority` made it.
    token_service(const test_pair& identity, std::string authority, options how);

    /// For docker_registry::options: a registry that trusts this service.
    [[nodiscard]] std::string auth() const;
    /// The tokens that were asked for, as "ci: repository:team/app:pull", "nobody: ..." without a user. The
    /// password also counts where it is posted as an identity token.
    [[nodiscard]] std::vector<std::string> asked() const;
    /// The tokens that were given.
    [[nodiscard]] std::vector<std::string> given() const;

  private:
    [[nodiscard]] std::string answer(const std::string& request);
    [[nodiscard]] std::string token_for(const std::string& repository) const;

    temp_dir files_;
    test_pair identity_;
    options how_;
    std::string authority_file_;
    mutable std::mutex lock_;
    std::vector<std::string> asked_;
    std::vector<std::string> given_;
    scripted_server server_; ///< calls answer(), so it goes first
};

} // namespace gatehouse::testing_support
