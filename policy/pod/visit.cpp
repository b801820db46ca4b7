#include "policy/pod/visit.h"

#include <fmt/format.h>

namespace gatehouse::policy {

std::string_view noun_of(element_kind kind) noexcept {
    switch (kind) {
    case element_kind::pod:
        return "pod";
    case element_kind::init_container:
        return "init container";
    case element_kind::container:
        return "container";
    case element_kind::ephemeral_container:
        return "ephemeral container";
    case element_kind::volume:
        return "volume";
    }
    return "pod";
}

std::string path_of(const element& where) {
    switch (where.kind) {
    case element_kind::pod:
        return {};
    case element_kind::init_container:
        return fmt::format("initContainers[{}]", where.index);
    case element_kind::container:
        return fmt::format("containers[{}]", where.index);
    case element_kind::ephemeral_container:
        return fmt::format("ephemeralContainers[{}]", where.index);
    case element_kind::volume:
        return fmt::format("volumes[{}]", where.index);
    }
    return {};
}

} // namespace gatehouse::policy
