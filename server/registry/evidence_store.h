#pragma once
// Where the evidence of images comes from, as the code that uses it sees it: the registry client, a
// directory of signatures, fakes in tests. What it returns was checked against digests but is not verified:
// candidates are untrusted until policy/signature/verify.h says otherwise.

#include "policy/evidence.h"
#include "server/clock.h"
#include "server/net.h"

#include <string>
#include <vector>

namespace gatehouse::server {

class evidence_store {
  public:
    evidence_store() = default;
    evidence_store(const evidence_store&) = delete;
    evidence_store& operator=(const evidence_store&) = delete;
    virtual ~evidence_store() = default;

    /// The digest that a reference's tag stands for now. Requires: it has no digest of its own.
    [[nodiscard]] virtual awaitable<policy::fact<policy::digest>> resolve(
        policy::reference image,
        tick_time deadline
    ) = 0;

    /// Everything in `repository` (canonical registry/repository) that may be a signature of `image`, in
    /// both ways to store them; none is an empty list. A place that answers and one that cannot be
    /// had is a failure: "not signed" is only said of what was seen whole.
    [[nodiscard]] virtual awaitable<policy::fact<std::vector<policy::signature_candidate>>>
    candidates(std::string repository, policy::digest image, tick_time deadline) = 0;

    /// Who the image runs as on each of its platforms.
    [[nodiscard]] virtual awaitable<policy::fact<std::vector<policy::platform_image>>> platforms(
        std::string repository,
        policy::digest image,
        tick_time deadline
    ) = 0;

    /// /etc/passwd and /etc/group of one platform's image. Reads layers: many megabytes may go by.
    [[nodiscard]] virtual awaitable<policy::fact<policy::account_files>> account_files(
        std::string repository,
        policy::digest manifest,
        tick_time deadline
    ) = 0;
};

} // namespace gatehouse::server
