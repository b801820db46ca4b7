#pragma once
// result<T>: a value or an error, returned by everything that can fail in an expected way.
// The only file that names the Outcome library, so that a later move to std::expected is one edit.
// A denial is never an error: it is a verdict (verdict.h).

#include "policy/error.h"

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/try.hpp>

#include <cstdlib>
#include <exception>
#include <utility>

namespace gatehouse::policy {

/// Thrown when the value of a failed result is read, or the error of a good one: a bug.
class bad_result_access : public std::exception {
  public:
    [[nodiscard]] const char* what() const noexcept override { return "bad result access"; }
};

struct throw_bad_result_access : BOOST_OUTCOME_V2_NAMESPACE::policy::base {
    template <class Impl>
    static constexpr void wide_value_check(Impl&& self) {
        if (!base::_has_value(std::forward<Impl>(self))) {
            throw bad_result_access();
        }
    }
    template <class Impl>
    static constexpr void wide_error_check(Impl&& self) {
        if (!base::_has_error(std::forward<Impl>(self))) {
            throw bad_result_access();
        }
    }
    template <class Impl>
    static constexpr void wide_exception_check(Impl&&) {}
};

template <class T>
using result = BOOST_OUTCOME_V2_NAMESPACE::basic_result<T, error, throw_bad_result_access>;

inline auto success() { return BOOST_OUTCOME_V2_NAMESPACE::success(); }

} // namespace gatehouse::policy

/// GATEHOUSE_TRY(auto value, expression): binds the value or returns the error to the caller.
#define GATEHOUSE_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
/// The same inside a coroutine.
#define GATEHOUSE_CO_TRY(...) BOOST_OUTCOME_CO_TRY(__VA_ARGS__)
