#pragma once
// Pods for tests of rules: the smallest pod that a level of the Pod Security Standards lets through in
// every version, with one container "app", to be tweaked field by field. The tweak is the test. Owns
// the memory of what it builds; text is not copied, so give it literals.

#include "policy/checks/level.h"
#include "policy/pod/pod.h"

#include <cstddef>
#include <deque>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace gatehouse::testing_support {

class pod_builder {
  public:
    explicit pod_builder(policy::security_level level);

    /// Everything that is not a list of containers, volumes or annotations.
    policy::pod& pod() { return pod_; }
    policy::pod_security_context& security() { return pod_.security; }
    policy::container& app() { return containers_.front(); }

    /// A further container that the level lets through; stays where it is when others are added.
    policy::container& add_container(std::string_view name);
    policy::container& add_init_container(std::string_view name);
    policy::container& add_ephemeral_container(std::string_view name);
    /// A volume with the given sources: normally one.
    policy::volume& add_volume(
        std::string_view name,
        std::initializer_list<std::string_view> sources
    );
    void annotate(std::string_view key, std::string_view value);

    template <class T>
    policy::list<T> list_of(std::initializer_list<T> items) {
        return kept(std::vector<T>(items));
    }
    policy::list<std::string_view> texts(std::initializer_list<std::string_view> items) {
        return list_of(items);
    }

    /// The pod as it now stands; lives as long as the builder.
    const policy::pod& build();

  private:
    [[nodiscard]] policy::container compliant(std::string_view name);

    template <class Items>
    auto kept(const Items& items) {
        using item = typename Items::value_type;
        const std::span<item> made = memory_.make_array<item>(items.size());
        std::copy(items.begin(), items.end(), made.begin());
        return policy::list<item>(made.data(), made.size());
    }

    policy::security_level level_;
    policy::arena memory_;
    policy::pod pod_;
    std::deque<policy::container> containers_;
    std::deque<policy::container> init_containers_;
    std::deque<policy::container> ephemeral_containers_;
    std::deque<policy::volume> volumes_;
    std::vector<policy::annotation> annotations_;
};

} // namespace gatehouse::testing_support
