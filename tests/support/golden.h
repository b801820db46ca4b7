#pragma once
// Compares text with a file of the repository, most of them below tests/data; with
// GATEHOUSE_UPDATE_GOLDENS set it writes the file instead, and the difference is reviewed.

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace gatehouse::testing_support {

/// `file` is a whole path.
inline void expect_golden_file(std::string_view text, const std::string& file) {
    if (std::getenv("GATEHOUSE_UPDATE_GOLDENS") != nullptr) {
        std::ofstream(file, std::ios::binary) << text;
    }
    EXPECT_EQ(text, text_of(file)) << "is not what stands in " << file;
}

/// `name` is relative to tests/data.
inline void expect_golden(std::string_view text, std::string_view name) {
    expect_golden_file(text, std::string(GATEHOUSE_TEST_DATA "/").append(name));
}

} // namespace gatehouse::testing_support
