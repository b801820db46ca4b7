#pragma once
// Runs a command line in this process and catches what it prints.

#include "server/commands/root.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::testing_support {

struct finished_command {
    int status = -1;
    std::string output;
    std::string errors;
};

/// `gatehouse ARGUMENTS...`
inline finished_command run_command(const std::vector<std::string>& arguments) {
    std::vector<const char*> all = {"gatehouse"};
    for (const std::string& one : arguments) {
        all.push_back(one.c_str());
    }
    finished_command out;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    out.status = server::run(static_cast<int>(all.size()), all.data());
    out.output = testing::internal::GetCapturedStdout();
    out.errors = testing::internal::GetCapturedStderr();
    return out;
}

} // namespace gatehouse::testing_support
