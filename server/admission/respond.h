#pragma once
// The AdmissionReview responses, all of them: an allow, a denial by verdict, a denial by error. Written
// by hand into one string, as this is the hot path; no other file builds a response.

#include "policy/request.h"
#include "policy/verdict.h"

#include <string>
#include <string_view>

namespace gatehouse::server {

/// Who is answered, in which version.
struct addressee {
    std::string_view api_version;
    std::string_view uid; ///< byte for byte as it came
};

/// An allow of what no policy was asked about.
[[nodiscard]] std::string respond_let_through(const addressee& to);

/// A verdict of the policies.
[[nodiscard]] std::string respond_verdict(
    const addressee& to,
    const policy::verdict& verdict,
    const policy::request& request
);

/// A denial because something could not be read (code 400) or went wrong (code 500). `message` is printable.
[[nodiscard]] std::string respond_error(
    const addressee& to,
    unsigned code,
    std::string_view message
);

} // namespace gatehouse::server
