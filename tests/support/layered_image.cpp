#include "tests/support/layered_image.h"

#include "tests/support/tar_writer.h"

#include <nlohmann/json.hpp>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

json descriptor(oci_registry& to, const std::string& type, const std::string& content) {
    return {{"mediaType", type}, {"digest", to.add_blob(content)}, {"size", content.size()}};
}

} // namespace

std::string add_image(oci_registry& to, const std::string& repository, const layered_image& image) {
    const json config = {
        {"os", image.os}, {"architecture", image.architecture}, {"config", {{"User", image.user}}}};
    json manifest = {
        {"schemaVersion", 2},
        {"mediaType", "application/vnd.oci.image.manifest.v1+json"},
        {"config", descriptor(to, "application/vnd.oci.image.config.v1+json", config.dump())},
        {"layers", json::array()}};
    for (const auto& entries : image.layers) {
        manifest["layers"].push_back(
            descriptor(to, "application/vnd.oci.image.layer.v1.tar+gzip", gzip_of(tar_of(entries)))
        );
    }
    return to.add_manifest(repository, manifest.dump());
}

std::string add_index(
    oci_registry& to,
    const std::string& repository,
    const std::vector<layered_image>& images
) {
    json index = {{"schemaVersion", 2}, {"manifests", json::array()}};
    for (const layered_image& image : images) {
        index["manifests"].push_back(
            {{"mediaType", "application/vnd.oci.image.manifest.v1+json"},
             {"digest", add_image(to, repository, image)},
             {"platform", {{"os", image.os}, {"architecture", image.architecture}}}}
        );
    }
    return to.add_manifest(repository, index.dump(), "application/vnd.oci.image.index.v1+json");
}

} // namespace gatehouse::testing_support
