#include "server/registry/signature_places.h"

#include "server/registry/url.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {

std::string fallback_tag(const policy::digest& image) {
    const bool is_256 = image.algorithm() == policy::digest_algorithm::sha256;
    return fmt::format("{}-{}", is_256 ? "sha256" : "sha512", image.hex().substr(0, 64));
}

std::string referrers_target(const policy::digest& image, std::string_view type) {
    return fmt::format("/referrers/{}?artifactType={}", image.text(), percent_encoded(type));
}

policy::signature_candidate from_referrers(std::string where) {
    policy::signature_candidate made;
    made.store = policy::signature_store::referrers;
    made.format = policy::signature_format::bundle;
    made.where = std::move(where);
    return made;
}

} // namespace gatehouse::server
