#pragma once
// Images with layers for registries of tests: a base of tar entries, a USER, one manifest or an index of several.

#include "tests/support/oci_registry.h"

#include <string>
#include <vector>

namespace gatehouse::testing_support {

struct layered_image {
    std::string user;
    std::vector<std::vector<std::string>>
        layers; ///< entries as tar_entry() has them, the base first
    std::string architecture = "amd64";
    std::string os = "linux";
};

/// Puts it there, its layers as tar+gzip; returns the digest of its manifest.
std::string add_image(oci_registry& to, const std::string& repository, const layered_image& image);

/// The same for each of them, and an index of them all; returns its digest.
std::string add_index(
    oci_registry& to,
    const std::string& repository,
    const std::vector<layered_image>& images
);

} // namespace gatehouse::testing_support
