#include "tests/support/signature_fixtures.h"

#include "tests/support/temp_dir.h"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;
using policy::signature_candidate;

const std::string directory = GATEHOUSE_TEST_DATA "/signatures/";

std::string whole_file(const std::string& name) {
    std::string text = text_of(directory + name);
    if (text.empty()) {
        throw std::runtime_error("no test data in " + directory + name);
    }
    return text;
}

std::map<std::string, fixture_repository> read_repositories() {
    std::map<std::string, fixture_repository> out;
    const json all = json::parse(whole_file("registry.json"));
    for (const auto& [name, one] : all.at("repositories").items()) {
        out[name] = {one.at("signedBy"), one.at("tags"), one.at("manifests"), one.at("blobs")};
    }
    return out;
}

json manifest_of(std::string_view digest) { return json::parse(fixture_content(digest)); }

void add_simple_signing(std::string_view manifest, std::vector<signature_candidate>& out) {
    const json parsed = manifest_of(manifest);
    for (const json& layer : parsed.at("layers")) {
        signature_candidate one;
        one.content = fixture_content(layer.at("digest").get<std::string>());
        one.signature = layer.at("annotations").at("dev.cosignproject.cosign/signature");
        out.push_back(std::move(one));
    }
}

void add_bundles(std::string_view index, std::vector<signature_candidate>& out) {
    const json parsed = manifest_of(index);
    for (const json& entry : parsed.at("manifests")) {
        const json referrer = manifest_of(entry.at("digest").get<std::string>());
        signature_candidate one;
        one.store = policy::signature_store::referrers;
        one.format = policy::signature_format::bundle;
        one.content = fixture_content(referrer.at("layers").at(0).at("digest").get<std::string>());
        out.push_back(std::move(one));
    }
}

} // namespace

const std::map<std::string, fixture_repository>& fixture_repositories() {
    static const std::map<std::string, fixture_repository> all = read_repositories();
    return all;
}

std::string fixture_content(std::string_view digest) {
    const policy::digest wanted = policy::digest::parse(digest).value();
    std::string bytes = whole_file("content/" + std::string(wanted.hex()));
    if (!wanted.is_of(bytes)) {
        throw std::runtime_error("test data changed: " + wanted.text());
    }
    return bytes;
}

std::string fixture_key_pem(std::string_view name) {
    return whole_file("keys/" + std::string(name) + ".pub");
}

std::shared_ptr<const policy::public_key> fixture_key(std::string_view name) {
    return policy::public_key::parse(fixture_key_pem(name), std::nullopt).value();
}

const std::vector<std::string>& fixture_key_names() {
    static const std::vector<std::string> names = {
        "p256", "p384", "p521", "ed25519", "rsa", "sm2", "kms"};
    return names;
}

policy::digest fixture_image(const std::string& repository) {
    const std::string& text = fixture_repositories().at(repository).tags.at("1.0");
    return policy::digest::parse(text).value();
}

std::string fixture_referrer(const std::string& repository) {
    const std::string tag = "sha256-" + std::string(fixture_image(repository).hex());
    const json index = manifest_of(fixture_repositories().at(repository).tags.at(tag));
    return index.at("manifests").at(0).at("digest");
}

std::vector<signature_candidate> fixture_candidates(const std::string& repository) {
    const std::map<std::string, std::string>& tags = fixture_repositories().at(repository).tags;
    const std::string beside = "sha256-" + std::string(fixture_image(repository).hex());
    std::vector<signature_candidate> out;
    if (const auto found = tags.find(beside + ".sig"); found != tags.end()) {
        add_simple_signing(found->second, out);
    }
    if (const auto found = tags.find(beside); found != tags.end()) {
        add_bundles(found->second, out);
    }
    return out;
}

} // namespace gatehouse::testing_support
