#include "tests/support/fixture_registry.h"

#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>

#include <string_view>

namespace gatehouse::testing_support {
namespace {

/// "HEAD /v2/team/app/manifests/1.0".
std::string line_of(const std::string& request) {
    return request.substr(0, request.find(" HTTP/"));
}

std::map<std::string, std::string> types_of_all() {
    std::map<std::string, std::string> out;
    for (const auto& [name, one] : fixture_repositories()) {
        out.insert(one.manifests.begin(), one.manifests.end());
    }
    return out;
}

/// Its text between `begin` and what `end` begins with.
std::string between(const std::string& text, std::string_view begin, std::string_view end) {
    const std::size_t from = text.find(begin) + begin.size();
    return text.substr(from, text.find(end, from) - from);
}

} // namespace

fixture_registry::fixture_registry(interception before)
    : before_(std::move(before)),
      types_(types_of_all()),
      server_([this](const std::string& request) { return answer(request); }, transport::plain) {}

std::string fixture_registry::host() const { return fmt::format("127.0.0.1:{}", server_.port()); }

std::string fixture_registry::configuration(const std::string& more) const {
    return fmt::format(
        "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n"
        "registries: [{{host: \"{}\", plainHTTP: true{}}}]\n",
        host(),
        more
    );
}

std::vector<std::string> fixture_registry::log() const {
    std::vector<std::string> out;
    for (const std::string& request : server_.requests()) {
        out.push_back(line_of(request));
    }
    return out;
}

std::optional<std::string> fixture_registry::answer(const std::string& request) const {
    const std::string line = line_of(request);
    if (before_) {
        instead other = before_(line);
        if (other.applies) {
            return std::move(other.answer);
        }
    }
    const std::string name = line.substr(line.rfind('/') + 1);
    if (line.find("/blobs/") != std::string::npos) {
        return http_answer("200 OK", fixture_content(name));
    }
    if (line.find("/manifests/") == std::string::npos) {
        return http_answer("404 Not Found", "");
    }
    std::string digest = name;
    if (!name.starts_with("sha256:")) {
        const auto at = fixture_repositories().find(between(line, "/v2/", "/manifests/"));
        if (at == fixture_repositories().end() || !at->second.tags.contains(name)) {
            return http_answer("404 Not Found", "");
        }
        digest = at->second.tags.at(name);
    }
    const std::string body = fixture_content(digest);
    const std::string headers =
        fmt::format("Content-Type: {}\r\nDocker-Content-Digest: {}\r\n", types_.at(digest), digest);
    const std::string whole = http_answer("200 OK", body, headers);
    return line.starts_with("HEAD ") ? whole.substr(0, whole.size() - body.size()) : whole;
}

std::string fixture_reference(const fixture_registry& in, const std::string& repository) {
    return fmt::format("{}/{}@{}", in.host(), repository, fixture_image(repository).text());
}

} // namespace gatehouse::testing_support
