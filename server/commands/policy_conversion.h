#pragma once
// What the commands that make policies out of other objects share (`policy from-psa`,
// `policy from-gatekeeper`): read every object of the inputs, gather errors and warnings with their
// places, print the policies. With an error nothing is printed: half a policy is worse than none.

#include "policy/document/document.h"
#include "server/manifest.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace gatehouse::server {

/// What one run says and how it ends.
struct converted_policies {
    std::string output;   ///< for stdout: policies as YAML
    std::string messages; ///< for stderr: errors and warnings, a line each
    int status = 0;       ///< 0, or 2 where there was an error
};

/// Where an object stands, for messages.
struct object_place {
    std::string source;
    manifest_place place;
};

class policy_conversion {
  public:
    using visitor = std::function<void(const object_place&, const manifest_object&)>;

    /// Calls `each` for every object; what cannot be read is an error.
    void each_object(std::span<const std::string> paths, const visitor& each);

    /// `ns.yaml: document 1: WHAT` and `ns.yaml: document 1: warning: WHAT`.
    void error(const object_place& at, std::string_view what);
    void warn(const object_place& at, std::string_view what);

    /// `head` is a comment for the top, its lines beginning with `#`; without policies `nothing`
    /// says why.
    [[nodiscard]] converted_policies finish(
        std::span<const policy::policy_document> policies,
        std::string_view head,
        std::string_view nothing
    ) &&;

  private:
    void fail(std::string_view line);

    std::string messages_;
    bool failed_ = false;
};

/// Adds a command that prints what `convert` makes of the files named; `inputs` says what they hold.
void add_conversion(
    CLI::App& policy,
    const std::string& name,
    const std::string& description,
    std::string_view inputs,
    converted_policies (*convert)(std::span<const std::string>),
    int& status
);

} // namespace gatehouse::server
