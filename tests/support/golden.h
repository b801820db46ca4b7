#pragma once
// Compares text with a file below tests/data; with GATEHOUSE_UPDATE_GOLDENS set it writes the file
// instead, and the difference is reviewed.

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace gatehouse::testing_support {

/// `name` is relative to tests/data.
inline void expect_golden(std::string_view text, std::string_view name) {
    const std::string file = std::string(GATEHOUSE_TEST_DATA "/").append(name);
    if (std::getenv("GATEHOUSE_UPDATE_GOLDENS") != nullptr) {
        std::ofstream(file, std::ios::binary) << text;
    }
    EXPECT_EQ(text, text_of(file)) << "is not what stands in " << file;
}

} // namespace gatehouse::testing_support
