#pragma once
// Every way in which a registry leads to the evidence of an image, as a script: where the signature lies, who
// asks for credentials, which hosts are asked. For evidence_replay_test.cpp, which breaks them.

#include "tests/support/evidence_replay.h"

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace gatehouse::testing_support {

struct evidence_way {
    std::string name;
    std::string image; ///< as the pod names it
    /// Writes the script; the digest that the image stands for.
    std::function<policy::digest(evidence_replay&)> lay;
    std::size_t exchanges; ///< of the conversation that nothing breaks
    std::string verdict;   ///< what a denial says of the image; empty: it is allowed
};

[[nodiscard]] std::vector<evidence_way> evidence_ways();

/// For GoogleTest.
void PrintTo(const evidence_way& way, std::ostream* to);

/// Manifests, indexes, payloads and bundles of images that the policy's key signed: right anywhere but here.
[[nodiscard]] std::vector<std::string> contents_of_other_images();

} // namespace gatehouse::testing_support
