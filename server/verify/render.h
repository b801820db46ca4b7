#pragma once
// What `gatehouse verify` prints about one image, in the shape of cosign: what a person reads goes to
// stderr, what a program reads to stdout. Pure; the same report always gives the same bytes. Text from
// outside is made printable for people; in JSON it stays as it was, since JSON escapes what must be.

#include "server/verify/options.h"
#include "server/verify/report.h"

#include <string>
#include <vector>

namespace gatehouse::server {

struct verify_text {
    std::string out; ///< for stdout
    std::string err; ///< for stderr
};

/// Verified by `--key`, which is the one requirement in the report. JSON: a list of the payloads of all
/// signatures that count; text: a payload a line. Nothing on stdout where it is not verified.
[[nodiscard]] verify_text render_by_key(const image_report& report, verify_output form);

/// Verified by `--policy`: each requirement and its authorities, as one JSON object or as text, whether they
/// are satisfied or not.
[[nodiscard]] verify_text render_by_policy(const image_report& report, verify_output form);

} // namespace gatehouse::server
