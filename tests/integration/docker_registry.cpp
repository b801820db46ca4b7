#include "tests/integration/docker_registry.h"

#include "tests/support/eventually.h"
#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <stdexcept>

namespace gatehouse::testing_support {
namespace {

constexpr milliseconds start_limit{30'000};
constexpr const char* program = "/usr/bin/docker-registry";
constexpr std::string_view announcement = "listening on 127.0.0.1:";

/// A client that pushes; every request must be answered as the specification says.
class pusher {
  public:
    explicit pusher(std::uint16_t port) : client_("127.0.0.1", port) {
        client_.set_keep_alive(true);
        client_.set_tcp_nodelay(true);
    }

    void push(const std::string& repository, const fixture_repository& what) {
        for (const std::string& digest : what.blobs) {
            push_blob(repository, digest);
        }
        // A registry takes an index only when it has what the index lists.
        for (const bool is_index : {false, true}) {
            for (const auto& [digest, type] : what.manifests) {
                if ((type.find(".index.") != std::string::npos) == is_index) {
                    push_manifest(repository, digest, digest, type);
                }
            }
        }
        for (const auto& [tag, digest] : what.tags) {
            push_manifest(repository, tag, digest, what.manifests.at(digest));
        }
    }

  private:
    void push_blob(const std::string& repository, const std::string& digest) {
        const std::string begin = fmt::format("/v2/{}/blobs/uploads/", repository);
        const auto begun = client_.Post(begin, "", "application/octet-stream");
        require(begun, 202, begin);
        const std::string where = begun->get_header_value("Location");
        const std::string target = where.substr(where.find("/v2/"));
        const std::string glue = target.find('?') == std::string::npos ? "?" : "&";
        const auto put = client_.Put(
            target + glue + "digest=" + digest, fixture_content(digest), "application/octet-stream"
        );
        require(put, 201, target);
    }

    void push_manifest(
        const std::string& repository,
        const std::string& name,
        const std::string& digest,
        const std::string& type
    ) {
        const std::string target = fmt::format("/v2/{}/manifests/{}", repository, name);
        require(client_.Put(target, fixture_content(digest), type), 201, target);
    }

    static void require(const httplib::Result& got, int status, const std::string& target) {
        if (!got || got->status != status) {
            throw std::runtime_error(
                target + ": " + (got ? got->body : httplib::to_string(got.error()))
            );
        }
    }

    httplib::Client client_;
};

} // namespace

registry_storage::registry_storage(const std::vector<std::string>& repositories) {
    const docker_registry filled(path());
    pusher by(filled.port());
    for (const std::string& name : repositories) {
        by.push(name, fixture_repositories().at(name));
    }
}

docker_registry::docker_registry(std::string storage, options how)
    : storage_(std::move(storage)), how_(std::move(how)) {
    if (!std::filesystem::exists(program)) {
        throw std::runtime_error("no docker-registry; deploy/install-packages test installs it");
    }
    start();
}

std::string docker_registry::configuration() const {
    std::string tls;
    if (how_.identity) {
        tls = fmt::format(
            "tls: {{certificate: {}, key: {}}}, ",
            scratch_.write("crt", how_.identity->certificate),
            scratch_.write("key", how_.identity->key)
        );
    }
    return fmt::format(
        "version: 0.1\n"
        "log: {{level: info}}\n"
        "storage: {{filesystem: {{rootdirectory: {}}}}}\n"
        "http: {{addr: \"{}\", {}secret: of the tests}}\n"
        "{}",
        storage_,
        host(),
        tls,
        how_.auth.empty() ? "" : "auth: " + how_.auth + "\n"
    );
}

void docker_registry::start() {
    const std::string file = scratch_.write("registry.yml", configuration());
    // Between its end and this another program may have got its port for a moment.
    const bool begun = eventually(start_limit, [&] {
        std::filesystem::remove(scratch_ / "stderr");
        child_ = std::make_unique<child_process>(
            arguments{program, "serve", file}, std::vector<std::string>{}, scratch_
        );
        return has_begun();
    });
    if (!begun) {
        throw std::runtime_error("docker-registry did not start: " + log());
    }
}

bool docker_registry::has_begun() {
    std::string port;
    static_cast<void>(eventually(start_limit, [&] {
        const std::string said = child_->err();
        const std::size_t at = said.find(announcement);
        if (at != std::string::npos && said.find('"', at) != std::string::npos) {
            port = said.substr(at + announcement.size());
        }
        return !port.empty() || !child_->is_alive();
    }));
    if (port.empty() || !child_->is_alive()) {
        return false;
    }
    port_ = static_cast<std::uint16_t>(std::stoul(port));
    return true;
}

std::string docker_registry::log() const {
    return text_of(scratch_ / "stdout") + text_of(scratch_ / "stderr");
}

} // namespace gatehouse::testing_support
