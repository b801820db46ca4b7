#pragma once
// Debian's docker-registry as a child process on a free loopback port, with the signed images of
// tests/data/signatures in it: a real registry for the real binary to ask.

#include "tests/integration/child_process.h"
#include "tests/support/test_certs.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

/// What a registry holds: made once and filled, then served by one registry after the other.
class registry_storage {
  public:
    /// Repositories of tests/data/signatures ("team/cosign2-p256"), pushed by HTTP as any client does.
    explicit registry_storage(const std::vector<std::string>& repositories);

    [[nodiscard]] std::string path() const { return files_.path().string(); }

  private:
    temp_dir files_;
};

class docker_registry {
  public:
    struct options {
        std::optional<test_pair> identity; ///< certificate and key: TLS, otherwise plain HTTP
        std::string auth;                  ///< `auth` of its configuration as a YAML flow mapping
    };

    /// Starts it and waits until it listens; throws with its log where it does not. `storage` is the path
    /// of a registry_storage and outlives this.
    explicit docker_registry(std::string storage, options how = {});

    /// "127.0.0.1:5000", as images and the configuration name it.
    [[nodiscard]] std::string host() const { return host("127.0.0.1"); }
    [[nodiscard]] std::string host(const std::string& name) const {
        return name + ":" + std::to_string(port_);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// Ends it; connections to it are refused then.
    void stop() { child_.reset(); }
    /// Begins again where it was, at the same port.
    void start();

    /// Everything that it wrote so far: a line for each request, a line for each refused user.
    [[nodiscard]] std::string log() const;

  private:
    [[nodiscard]] std::string configuration() const;
    [[nodiscard]] bool has_begun();

    temp_dir scratch_;
    std::string storage_;
    options how_;
    std::uint16_t port_ = 0; ///< 0: a free one
    std::unique_ptr<child_process> child_;
};

} // namespace gatehouse::testing_support
