#include "tests/support/fixture_registry.h"

#include "tests/support/signature_fixtures.h"

#include <fmt/format.h>

namespace gatehouse::testing_support {
namespace {

oci_registry::interception said_by(fixture_registry::interception before) {
    if (!before) {
        return {};
    }
    return [before = std::move(before
            )](const registry_request& asked, scripted_server::peer& with) -> std::optional<bool> {
        const auto other = before(asked.method + " " + asked.target);
        if (!other.applies) {
            return std::nullopt;
        }
        return scripted_server::say(other.answer, with);
    };
}

} // namespace

fixture_registry::fixture_registry(interception before)
    : registry_({.has_referrers = false}, said_by(std::move(before))) {
    for (const auto& [name, held] : fixture_repositories()) {
        registry_.add_fixture(name);
    }
}

std::string fixture_registry::configuration(const std::string& more) const {
    return fmt::format(
        "apiVersion: gatehouse.dev/v1alpha1\nkind: ServerConfiguration\n"
        "registries: [{{host: \"{}\", plainHTTP: true{}}}]\n",
        host(),
        more
    );
}

std::string fixture_reference(const fixture_registry& in, const std::string& repository) {
    return fmt::format("{}/{}@{}", in.host(), repository, fixture_image(repository).text());
}

} // namespace gatehouse::testing_support
