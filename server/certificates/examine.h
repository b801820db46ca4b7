#pragma once
// What the certificates in a Secret are: who issued the leaf, for which names, until when, and in which phase
// of a rotation that is. What does not fit together is an error. Pure.

#include "server/certificates/secret_contents.h"
#include "server/clock.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

enum class rotation_phase : std::uint8_t {
    at_rest,   ///< one authority, and the leaf is by it
    published, ///< the new authority is trusted as well; the leaf is still by the old one
    switched,  ///< the leaf is by the new authority; the old one is still trusted
};

[[nodiscard]] std::string_view name_of(rotation_phase phase) noexcept;

struct certificate_facts {
    std::string subject; ///< printable
    wall_time not_before;
    wall_time not_after;

    /// When it is to be renewed: at two thirds of its life.
    [[nodiscard]] wall_time due() const { return not_before + (not_after - not_before) / 3 * 2; }
    [[nodiscard]] bool has_ended(wall_time now) const { return now >= not_after; }
    [[nodiscard]] bool is_valid(wall_time now) const {
        return now >= not_before && !has_ended(now);
    }
};

struct examined_contents {
    std::vector<certificate_facts> authorities; ///< of the bundle, in order; at least one
    std::size_t issuer = 0;                     ///< of the leaf, among them
    certificate_facts leaf;
    std::vector<std::string> names; ///< DNS names of the leaf

    /// By the certificates themselves, whatever an annotation says.
    [[nodiscard]] rotation_phase phase() const noexcept {
        if (authorities.size() == 1) {
            return rotation_phase::at_rest;
        }
        return issuer + 1 == authorities.size() ? rotation_phase::switched
                                                : rotation_phase::published;
    }
};

/// Error: malformed, with the field and what is wrong, without anything of a key: also where no TLS server could
/// serve the pair, since a key is too short or a signature too weak.
[[nodiscard]] policy::result<examined_contents> examine(const secret_contents& contents);

} // namespace gatehouse::server
