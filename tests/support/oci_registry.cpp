#include "tests/support/oci_registry.h"

#include "policy/image/digest.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace gatehouse::testing_support {
namespace {

using nlohmann::json;

constexpr std::string_view index_type = "application/vnd.oci.image.index.v1+json";

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && at + 2 < text.size()) {
            out += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16));
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

std::string encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '+' || c == '=' || c == ';' || c == '&' || c == '%' || c == '/'
                   ? fmt::format("%{:02X}", c)
                   : std::string(1, c);
    }
    return out;
}

void read_query(const std::string& text, std::map<std::string, std::string>& to) {
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, '&');) {
        const std::size_t equals = std::min(part.find('='), part.size());
        to[part.substr(0, equals)] =
            decoded(std::string_view(part).substr(std::min(equals + 1, part.size())));
    }
}

registry_request request_of(const std::string& text) {
    registry_request out;
    out.text = text;
    std::istringstream(text) >> out.method >> out.target;
    const std::string path = out.target.substr(0, out.target.find('?'));
    if (path.size() < out.target.size()) {
        read_query(out.target.substr(path.size() + 1), out.query);
    }
    for (const char* kind : {"manifests", "blobs", "referrers"}) {
        const std::string segment = fmt::format("/{}/", kind);
        const std::size_t at = path.rfind(segment);
        if (path.starts_with("/v2/") && at != std::string::npos && at >= 4) {
            out.repository = path.substr(4, at - 4);
            out.kind = kind;
            out.name = path.substr(at + segment.size());
        }
    }
    return out;
}

std::string not_found() {
    return http_answer(
        "404 Not Found",
        R"({"errors":[{"code":"NAME_UNKNOWN","message":"no such thing"}]})",
        "Content-Type: application/json\r\n"
    );
}

std::string digest_of(const std::string& content) { return policy::digest::of(content).text(); }

} // namespace

std::string registry_request::header(std::string_view field) const {
    const std::string before = fmt::format("\r\n{}: ", field);
    const std::size_t at = text.find(before);
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t begin = at + before.size();
    return text.substr(begin, text.find("\r\n", begin) - begin);
}

oci_registry::oci_registry(options how, interception instead)
    : how_(std::move(how)),
      instead_(std::move(instead)),
      server_(std::make_unique<scripted_server>(
          [this](const std::string& text, scripted_server::peer& with) {
              const registry_request asked = request_of(text);
              if (instead_) {
                  if (const auto stays = instead_(asked, with)) {
                      return *stays;
                  }
              }
              return with.write(answer(asked));
          },
          how_.over,
          how_.identity,
          how_.address
      )) {}

void oci_registry::add_fixture(const std::string& repository) {
    const fixture_repository& held = fixture_repositories().at(repository);
    for (const std::string& blob : held.blobs) {
        add_blob(fixture_content(blob));
    }
    for (const auto& [digest, type] : held.manifests) {
        add_manifest(repository, fixture_content(digest), type);
    }
    for (const auto& [name, digest] : held.tags) {
        tag(repository, name, digest);
    }
}

std::string oci_registry::add_blob(const std::string& content) {
    return blobs_.insert_or_assign(digest_of(content), content).first->first;
}

std::string oci_registry::add_manifest(
    const std::string& repository,
    const std::string& content,
    const std::string& type
) {
    auto& manifests = repositories_[repository].manifests;
    return manifests.insert_or_assign(digest_of(content), stored{type, content}).first->first;
}

void oci_registry::tag(
    const std::string& repository,
    const std::string& name,
    const std::string& digest
) {
    repositories_[repository].tags[name] = digest;
}

std::string oci_registry::host() const {
    const bool is_six = how_.address.find(':') != std::string::npos;
    return fmt::format(fmt::runtime(is_six ? "[{}]:{}" : "{}:{}"), how_.address, server_->port());
}

std::vector<std::string> oci_registry::log() const {
    std::vector<std::string> out;
    for (const std::string& one : server_->requests()) {
        const registry_request asked = request_of(one);
        out.push_back(asked.method + " " + asked.target);
    }
    return out;
}

std::string oci_registry::answer(const registry_request& asked) const {
    if (asked.kind == "manifests") {
        return manifest_answer(asked);
    }
    if (asked.kind == "referrers" && how_.has_referrers) {
        return referrers_answer(asked);
    }
    const auto blob = blobs_.find(asked.name);
    if (asked.kind == "blobs" && blob != blobs_.end()) {
        return http_answer("200 OK", blob->second, "Content-Type: application/octet-stream\r\n");
    }
    return not_found();
}

std::string oci_registry::manifest_answer(const registry_request& asked) const {
    const auto in = repositories_.find(asked.repository);
    if (in == repositories_.end()) {
        return not_found();
    }
    const auto tagged = in->second.tags.find(asked.name);
    const std::string& digest = tagged == in->second.tags.end() ? asked.name : tagged->second;
    const auto found = in->second.manifests.find(digest);
    if (found == in->second.manifests.end()) {
        return not_found();
    }
    const std::string whole = http_answer(
        "200 OK",
        found->second.content,
        fmt::format("Content-Type: {}\r\nDocker-Content-Digest: {}\r\n", found->second.type, digest)
    );
    return asked.method == "HEAD" ? whole.substr(0, whole.find("\r\n\r\n") + 4) : whole;
}

std::vector<std::string> oci_registry::referrers_of(const registry_request& asked) const {
    std::vector<std::string> out;
    const auto in = repositories_.find(asked.repository);
    if (in == repositories_.end()) {
        return out;
    }
    const auto filter = asked.query.find("artifactType");
    for (const auto& [digest, held] : in->second.manifests) {
        const json manifest = json::parse(held.content, nullptr, false);
        if (!manifest.is_object() || !manifest.contains("subject")
            || manifest["subject"].value("digest", "") != asked.name) {
            continue;
        }
        const json config = manifest.value("config", json::object());
        const std::string type = manifest.value("artifactType", config.value("mediaType", ""));
        if (how_.filters && filter != asked.query.end() && filter->second != type) {
            continue;
        }
        const json entry = {
            {"mediaType", held.type},
            {"digest", digest},
            {"size", held.content.size()},
            {"artifactType", type}};
        out.push_back(entry.dump());
    }
    return out;
}

std::string oci_registry::referrers_answer(const registry_request& asked) const {
    const std::vector<std::string> all = referrers_of(asked);
    const auto last = asked.query.find("last");
    const std::size_t from = last == asked.query.end() ? 0 : std::stoul(last->second);
    const std::size_t until = std::min(all.size(), from + how_.page);
    std::vector<std::string> page;
    for (std::size_t at = from; at < until; ++at) {
        page.push_back(all[at]);
    }
    std::string headers = fmt::format("Content-Type: {}\r\n", index_type);
    if (how_.filters && asked.query.contains("artifactType")) {
        headers += "OCI-Filters-Applied: artifactType\r\n";
    }
    if (until < all.size()) {
        const std::string rest = asked.target.substr(0, asked.target.find_first_of('?'));
        const auto filter = asked.query.find("artifactType");
        headers += fmt::format(
            "Link: <{}?{}last={}>; rel=\"next\"\r\n",
            rest,
            filter == asked.query.end() ? "" : "artifactType=" + encoded(filter->second) + "&",
            until
        );
    }
    return http_answer(
        "200 OK",
        fmt::format(
            R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}]}})",
            index_type,
            fmt::join(page, ",")
        ),
        headers
    );
}

} // namespace gatehouse::testing_support
