#include "policy/checks/registry.h"
#include "tests/bench/heap_counter.h"
#include "tests/support/pod_builder.h"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

TEST(Evaluate, TakesNoMemoryForAPodThatPasses) {
    testing_support::pod_builder p(security_level::restricted);
    p.add_init_container("init");
    p.add_container("proxy").host_ports = {};
    p.add_volume("tmp", {"emptyDir"});
    p.annotate("seccomp.security.alpha.kubernetes.io/pod", "runtime/default");
    p.annotate("container.apparmor.security.beta.kubernetes.io/app", "runtime/default");
    const pod& passing = p.build();
    for (std::uint32_t minor = 0; minor <= newest_minor; ++minor) {
        const std::uint64_t before = bench::allocations();
        const bool found = !evaluate(security_level::restricted, {minor}, passing).empty();
        const std::uint64_t after = bench::allocations();
        EXPECT_FALSE(found);
        EXPECT_EQ(after, before);
    }
}

} // namespace
} // namespace gatehouse::policy
