#pragma once
// Candidates and what became of them as one string each: ten thousand images are kept so, and opened again
// when a review asks for one. Strings are made and read by this process only. Pure.

#include "policy/evidence.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::server {

/// What one key makes of the candidates.
struct key_facts {
    policy::shared_list<policy::verified_signature> verified;
    policy::shared_list<std::string> defects; ///< a line each
    bool operator==(const key_facts& other) const;
};

/// By public_key::id().
using facts_by_key = std::map<std::string, key_facts, std::less<>>;

[[nodiscard]] std::string packed(const std::vector<policy::signature_candidate>& all);
[[nodiscard]] std::vector<policy::signature_candidate> unpacked_candidates(std::string_view from);

/// Requires: every verified signature is of one image, and stands under its own key.
[[nodiscard]] std::string packed(const facts_by_key& all);
[[nodiscard]] facts_by_key unpacked_facts(std::string_view from, const policy::digest& image);

} // namespace gatehouse::server
