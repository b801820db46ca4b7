#pragma once
// Signatures from files beside those from a registry (`signatureDirectory`, interface 3), for registries that
// cannot hold them: <directory>/<algorithm>/<hex>/*.json, a Sigstore bundle each. Read when an image is
// asked for, on a thread of its own, as file systems may hang. Nothing in a file is trusted. Loop thread only.

#include "server/cpu_pool.h"
#include "server/registry/evidence_store.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::server {

inline constexpr std::size_t most_signature_files = 64;
inline constexpr std::size_t most_signature_file_bytes = std::size_t{1} << 20;

/// The bundles of one image, by name; none where there is no such directory. A file or a directory that
/// cannot be read is a failure, as one of them may hold the only good signature. Blocks.
[[nodiscard]] policy::fact<std::vector<policy::signature_candidate>> read_signatures(
    const std::string& directory,
    const policy::digest& image
);

class signature_directory final : public evidence_store {
  public:
    /// `files` outlives this.
    signature_directory(
        std::shared_ptr<evidence_store> registry,
        std::string directory,
        cpu_pool& files
    );

    [[nodiscard]] awaitable<policy::fact<policy::digest>> resolve(
        policy::reference image,
        tick_time deadline
    ) override;

    /// What the registry holds, then what the directory does.
    [[nodiscard]] awaitable<policy::fact<std::vector<policy::signature_candidate>>> candidates(
        std::string repository,
        policy::digest image,
        tick_time deadline
    ) override;

    // Users are the registry's alone.
    [[nodiscard]] awaitable<policy::fact<std::vector<policy::platform_image>>> platforms(
        std::string repository,
        policy::digest image,
        tick_time deadline
    ) override {
        return registry_->platforms(std::move(repository), std::move(image), deadline);
    }
    [[nodiscard]] awaitable<policy::fact<policy::account_files>> account_files(
        std::string repository,
        policy::digest manifest,
        tick_time deadline
    ) override {
        return registry_->account_files(std::move(repository), std::move(manifest), deadline);
    }

  private:
    std::shared_ptr<evidence_store> registry_;
    const std::string directory_;
    cpu_pool& files_;
};

} // namespace gatehouse::server
