#pragma once
// Names the cases of a table test by their `name` member: letters and digits only.

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::testing_support {

struct case_name {
    template <class Case>
    std::string operator()(const testing::TestParamInfo<Case>& info) const {
        return info.param.name;
    }
};

} // namespace gatehouse::testing_support
