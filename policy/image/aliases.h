#pragma once
// Other names of one registry, folded into its host before anything is compared (interface 2.2), so
// that an image has one verdict whatever name it was asked for by. Folded are references and the hosts
// of patterns that are written out; a wildcard in a pattern's host stands for hosts only, never for
// their aliases. A value made from ServerConfiguration; immutable, safe to share.

#include "policy/image/pattern.h"
#include "policy/image/reference.h"
#include "policy/result.h"

#include <functional>
#include <map>
#include <string>

namespace gatehouse::policy {

class registry_aliases {
  public:
    registry_aliases() = default;
    /// Alias to host, both canonical (registry.h); no host is an alias.
    explicit registry_aliases(std::map<std::string, std::string, std::less<>> hosts)
        : hosts_(std::move(hosts)) {}

    [[nodiscard]] bool empty() const noexcept { return hosts_.empty(); }

    /// Fails with errc::malformed where the name is too long once its host is written out.
    [[nodiscard]] result<reference> fold(reference image) const;
    /// Keeps its text(). Matches nothing where no name with that host could be short enough.
    [[nodiscard]] image_pattern fold(image_pattern pattern) const;

  private:
    std::map<std::string, std::string, std::less<>> hosts_;
};

} // namespace gatehouse::policy
