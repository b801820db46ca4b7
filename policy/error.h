#pragma once
// The error value of the whole program: a code to branch on, a text for humans, and where it arose.
// Kinds are cut by what the caller must do, not by where the error came from.

#include <boost/assert/source_location.hpp>

#include <string>
#include <string_view>

namespace gatehouse::policy {

enum class errc {
    malformed,    ///< bytes that are not what they claim to be; never retried
    too_large,    ///< a limit of ours was passed
    not_found,    ///< the thing asked for does not exist
    unauthorized, ///< credentials were refused
    unavailable,  ///< the peer cannot be had now
    timeout,      ///< a deadline of ours passed
    canceled,     ///< we are shutting down; nobody waits for an answer
    internal,     ///< cannot happen
};

/// The name of a code as it stands in logs and metrics.
[[nodiscard]] std::string_view name_of(errc code) noexcept;

class error {
  public:
    error(errc code, std::string detail, boost::source_location where = BOOST_CURRENT_LOCATION)
        : code_(code), detail_(std::move(detail)), where_(where) {}

    [[nodiscard]] errc code() const noexcept { return code_; }
    /// For humans: bounded and printable (text.h), without the code.
    [[nodiscard]] const std::string& detail() const noexcept { return detail_; }
    [[nodiscard]] const boost::source_location& where() const noexcept { return where_; }

  private:
    errc code_;
    std::string detail_;
    boost::source_location where_;
};

} // namespace gatehouse::policy
