#include "tests/integration/gatehouse_process.h"

#include "tests/support/eventually.h"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace gatehouse::testing_support {
namespace {

constexpr milliseconds start_limit{30'000}; // sanitizers on a busy machine

arguments command_of(arguments first, const arguments& rest) {
    first.insert(first.begin(), gatehouse_binary());
    first.insert(first.end(), rest.begin(), rest.end());
    return first;
}

std::string port_file_in(const temp_dir& scratch) { return scratch / "ports"; }

} // namespace

std::string gatehouse_binary() {
    const char* chosen = std::getenv("GATEHOUSE_BINARY");
    return chosen == nullptr ? GATEHOUSE_BINARY : chosen;
}

finished_command run_gatehouse(
    const arguments& command,
    const std::vector<std::string>& environment,
    seconds limit
) {
    const temp_dir output;
    child_process child(command_of({}, command), environment, output);
    if (!child.wait(limit)) {
        child.kill();
    }
    return {*child.wait(seconds(0)), child.out(), child.err()};
}

gatehouse_process::gatehouse_process(
    const arguments& flags,
    const std::vector<std::string>& environment
)
    : child_(
        command_of(
            {"serve",
             "--listen",
             "127.0.0.1:0",
             "--ops-listen",
             "127.0.0.1:0",
             "--port-file",
             port_file_in(scratch_)},
            flags
        ),
        environment,
        scratch_
    ) {
    wait_until_ready();
}

void gatehouse_process::wait_until_ready() {
    const bool ready = eventually(start_limit, [&] {
        std::istringstream ports(text_of(port_file_in(scratch_)));
        std::string webhook;
        std::string ops;
        const bool whole =
            bool(ports >> webhook >> webhook_port_ >> ops >> ops_port_) && ports.peek() == '\n';
        return (whole && webhook == "webhook" && ops == "ops") || !is_alive();
    });
    if (!ready || !is_alive()) {
        throw std::runtime_error("gatehouse serve did not start: " + log());
    }
}

} // namespace gatehouse::testing_support
