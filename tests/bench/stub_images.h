#pragma once
// What the benchmarks' registry holds: images with signatures, each made when it is first asked for from
// what its repository's name says, "tag/s5/app-17" or "bundle/s5/app-17": image 17 with five signatures,
// as cosign 2 stores them (the tag `sha256-<hex>.sig`) or as cosign 3 does (bundles as referrers).
// One thread.

#include "policy/image/digest.h"
#include "tests/support/signing.h"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gatehouse::bench {

struct stub_content {
    std::string type;
    std::string body;
};

/// By what stands behind the repository in a request: "/manifests/...", "/blobs/...", "/referrers/...".
using stub_repository = std::map<std::string, stub_content, std::less<>>;

class stub_images {
  public:
    /// Null for what is no name of a repository here. The reference holds as long as this does.
    [[nodiscard]] const stub_repository* find(std::string_view repository);

    /// That verifies every signature.
    [[nodiscard]] std::string public_pem() const { return key_.public_pem(); }

    /// Of image `number`, the same in every repository; tests/bench/evidence.py knows it too.
    [[nodiscard]] static policy::digest digest_of(std::string_view number);

  private:
    testing_support::signing_key key_{"P-256"};
    std::unordered_map<std::string, stub_repository> made_;
};

} // namespace gatehouse::bench
