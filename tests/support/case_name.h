#pragma once
// Names the cases of a table test by their `name` member: letters and digits only.

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <string>
#include <string_view>

namespace gatehouse::testing_support {

struct case_name {
    template <class Case>
    std::string operator()(const testing::TestParamInfo<Case>& info) const {
        return info.param.name;
    }
};

/// A row of a table: it has a name and is never compared.
template <class Case>
concept named_case = !std::equality_comparable<Case> && requires(const Case& one) {
    { one.name } -> std::convertible_to<std::string_view>;
};

} // namespace gatehouse::testing_support

// GoogleTest describes every row when a test program starts, byte by byte: with thousands of them that took longer than most tests.
template <gatehouse::testing_support::named_case Case>
class testing::internal::UniversalPrinter<Case> {
  public:
    static void Print(const Case& one, std::ostream* to) { *to << std::string_view(one.name); }
};
