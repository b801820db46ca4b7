// image-signature: every image that an entry of `signatures` selects must be signed by enough different
// authorities. An authority has signed where one of its keys made a signature of this very digest that
// names the image's repository (MatchRepository; formats that name nothing satisfy it) and holds the
// annotations asked for. A fact that could not be had never satisfies anything.
#include "policy/image_wants.h"
#include "policy/rules/rules.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gatehouse::policy {
namespace {

constexpr std::size_t most_reasons = 2;
constexpr std::size_t longest_reason = 160;
constexpr std::size_t longest_defect = 240; // most name a digest
constexpr std::size_t most_names = 5;

finding finding_on(const judged_image& image, std::string text) {
    return {
        .rule = rule_id::image_signature,
        .reason = cause_reason::forbidden,
        .where = image.where,
        .field = image_field(image.where),
        .text = fmt::format("image {} {}", plain_or_quoted(image.parsed.value().text()), text),
    };
}

/// "kms", "a or b", "2 of a, b, c": who must have signed.
std::string signers_text(const signature_entry& entry) {
    std::vector<std::string> names;
    names.reserve(entry.authorities.size());
    for (const authority& one : entry.authorities) {
        names.push_back(plain_or_quoted(one.name));
    }
    if (names.size() == 1) {
        return names.front();
    }
    if (entry.threshold == 1 && names.size() == 2) {
        return fmt::format("{} or {}", names[0], names[1]);
    }
    if (entry.threshold == names.size() && names.size() == 2) {
        return fmt::format("{} and {}", names[0], names[1]);
    }
    return fmt::format("{} of {}", entry.threshold, joined(names, most_names));
}

std::string annotations_text(const signature_entry& entry) {
    std::vector<std::string> pairs;
    pairs.reserve(entry.annotations.size());
    for (const auto& [key, value] : entry.annotations) {
        pairs.push_back(plain_or_quoted(fmt::format("{}={}", key, value)));
    }
    return joined(pairs, most_names);
}

/// "sign it with a key of kms and env=prod".
std::string remedy(const signature_entry& entry, const digest& image, const reference& named) {
    const std::string what =
        named.digest().empty() ? fmt::format("sign {}", image.text()) : std::string("sign it");
    return fmt::format(
        "{} with {} of {}{}{}",
        what,
        entry.threshold == 1 ? "a key" : "keys",
        signers_text(entry),
        entry.annotations.empty() ? "" : " and the annotations " + annotations_text(entry),
        entry.repository.empty() ? "" : ", the signature in " + printable(entry.repository)
    );
}

/// Whether a signature names the repository that it is found for. What it names is spelled by other
/// tools: compared is the canonical spelling.
bool names_repository(
    const verified_signature& one,
    const reference& image,
    const registry_aliases& aliases
) {
    if (one.identity.empty()) {
        return true;
    }
    const result<reference> named = read_image(one.identity, aliases);
    return named && named.value().name() == image.name();
}

/// Why a signature by the right key does not count; empty where it does.
std::string objection(
    const signature_entry& entry,
    const verified_signature& one,
    const reference& image,
    const registry_aliases& aliases
) {
    if (entry.match_repository && !names_repository(one, image, aliases)) {
        return fmt::format("signed it as {}", plain_or_quoted(one.identity, longest_reason));
    }
    for (const auto& [key, value] : entry.annotations) {
        const auto signed_one = one.annotations.find(key);
        if (signed_one == one.annotations.end()) {
            return fmt::format("signed it without the annotation {}", plain_or_quoted(key));
        }
        if (signed_one->second != value) {
            return fmt::format(
                "signed it with the annotation {}",
                plain_or_quoted(key + "=" + signed_one->second, longest_reason)
            );
        }
    }
    return {};
}

/// What the signatures in one place come to for one entry.
class tally {
  public:
    tally(
        const signature_entry& entry,
        const reference& image,
        const digest& subject,
        const registry_aliases& aliases
    )
        : entry_(entry), image_(image), subject_(subject), aliases_(aliases) {}

    void count(const signature_facts& facts) {
        standings_.reserve(entry_.authorities.size());
        for (const authority& signer : entry_.authorities) {
            standings_.push_back(standing_of(signer, facts));
            signed_by_ += standings_.back().signatures.empty() ? 0U : 1U;
        }
    }

    [[nodiscard]] bool is_satisfied() const {
        return !entry_.authorities.empty() && signed_by_ >= entry_.threshold;
    }

    [[nodiscard]] std::vector<authority_standing> take() { return std::move(standings_); }

    /// "is signed, but not by kms: ...; sign it with a key of kms".
    [[nodiscard]] std::string shortfall(const signature_facts& facts) const {
        std::vector<std::string> signers;
        std::vector<std::string> reasons;
        for (const authority_standing& one : standings_) {
            const std::string name = plain_or_quoted(one.signer->name);
            if (!one.signatures.empty()) {
                signers.push_back(name);
                continue;
            }
            for (const std::string& objected : one.objections) {
                reasons.push_back(fmt::format("{} {}", name, objected));
            }
        }
        for (const std::string& defect : facts.defects) {
            reasons.push_back(
                "a signature could not be used: " + printable(defect, longest_defect)
            );
        }
        std::string why;
        if (!signers.empty()) {
            why = fmt::format(" (only by {})", joined(signers, most_names));
        }
        if (reasons.empty()) {
            why += fmt::format(
                ": {} by other keys",
                counted(std::max(facts.candidates, facts.verified.size()), "signature")
            );
        } else {
            why += ": " + listed(reasons);
        }
        return fmt::format(
            "is signed, but not by {}{}; {}",
            signers_text(entry_),
            why,
            remedy(entry_, subject_, image_)
        );
    }

  private:
    /// One key stands for one signer only, however many authorities have it.
    authority_standing standing_of(const authority& signer, const signature_facts& facts) {
        authority_standing out{.signer = &signer, .signatures = {}, .objections = {}};
        for (const signing_key& named : signer.keys) {
            if (named.key == nullptr
                || std::ranges::find(used_keys_, named.key->fingerprint()) != used_keys_.end()) {
                continue;
            }
            for (const verified_signature& one : facts.verified) {
                if (one.key != named.key->id() || !(one.subject == subject_)) {
                    continue;
                }
                std::string objected = objection(entry_, one, image_, aliases_);
                if (objected.empty()) {
                    out.signatures.push_back(&one);
                } else {
                    out.objections.push_back(std::move(objected));
                }
            }
            if (!out.signatures.empty()) {
                used_keys_.push_back(named.key->fingerprint());
                break;
            }
        }
        return out;
    }

    /// The first two, and how many more.
    static std::string listed(std::vector<std::string> reasons) {
        const std::size_t more = reasons.size() - std::min(reasons.size(), most_reasons);
        reasons.resize(reasons.size() - more);
        std::string out = reasons.front();
        for (std::size_t i = 1; i < reasons.size(); ++i) {
            out += ", " + reasons[i];
        }
        return more == 0 ? out : fmt::format("{} and {} more", out, more);
    }

    const signature_entry& entry_;
    const reference& image_;
    const digest& subject_;
    const registry_aliases& aliases_;
    std::vector<authority_standing> standings_;
    std::size_t signed_by_ = 0; ///< so many authorities
    std::vector<std::string_view> used_keys_;
};

std::string not_signed(const signature_entry& entry, const digest& image, const reference& named) {
    // Tools that pin write the digest of one platform; what is signed is mostly the index.
    const std::string_view hint = named.digest().empty() || !entry.repository.empty()
                                      ? ""
                                      : ", or name the index that holds it if that is signed";
    return fmt::format("is not signed; {}{}", remedy(entry, image, named), hint);
}

signature_result could_not_be_verified(const judged_image& image, const fetch_failure& why) {
    return {
        .standing = signature_standing::unknown,
        .found = finding_on(image, "could not be verified: " + words_of(why)),
        .failure = &why,
    };
}

signature_result not_looked_up(const judged_image& image) {
    return {
        .standing = signature_standing::unknown,
        .found = finding_on(
            image, "could not be verified: its signatures were not looked up; try again"
        )};
}

signature_result decided_statically(const signature_entry& entry, const judged_image& image) {
    const bool passes = std::ranges::all_of(entry.authorities, [](const authority& one) {
        return one.fixed == static_decision::pass;
    });
    if (passes) {
        return {.standing = signature_standing::satisfied, .found = std::nullopt};
    }
    return {
        .standing = signature_standing::refused,
        .found = finding_on(
            image,
            fmt::format(
                "could not be verified: the signatures entry {} refuses whatever it selects "
                "(static: "
                "Fail); use another image",
                plain_or_quoted(entry.name)
            )
        )};
}

} // namespace

bool is_static(const signature_entry& entry) noexcept {
    return std::ranges::any_of(entry.authorities, [](const authority& one) {
        return one.fixed.has_value();
    });
}

bool selects(
    const signature_entry& entry,
    const judged_image& image,
    std::string_view request_namespace
) {
    const reference& parsed = image.parsed.value();
    return entry.images.find(parsed, request_namespace, pattern_use::permit) != nullptr
           && entry.exclude_images.find(parsed, request_namespace, pattern_use::permit) == nullptr;
}

finding selected_by_no_entry(const judged_image& image) {
    return finding_on(
        image,
        "could not be verified: no signatures entry of the policy selects it; use an image that "
        "one "
        "selects"
    );
}

signature_result judge_image_signature(
    const signature_entry& entry,
    const judged_image& image,
    const evidence& known,
    const registry_aliases& aliases
) {
    if (is_static(entry)) {
        return decided_statically(entry, image);
    }
    const reference& named = image.parsed.value();
    const image_evidence* had = known.of(named.text());
    if (had == nullptr) {
        return not_looked_up(image);
    }
    if (const auto* failure = std::get_if<fetch_failure>(&had->resolved)) {
        return could_not_be_verified(image, *failure);
    }
    const auto& resolved = std::get<digest>(had->resolved);
    const auto source = std::ranges::find(
        had->sources, source_of(entry, named), &std::pair<std::string, fact<signature_facts>>::first
    );
    const bool is_of_another = !named.digest().empty() && named.digest() != resolved.text();
    if (is_of_another || source == had->sources.end()) {
        return not_looked_up(image);
    }
    if (const auto* failure = std::get_if<fetch_failure>(&source->second)) {
        return could_not_be_verified(image, *failure);
    }
    const auto& facts = std::get<signature_facts>(source->second);
    tally found(entry, named, resolved, aliases);
    found.count(facts);
    if (found.is_satisfied()) {
        return {
            .standing = signature_standing::satisfied,
            .found = std::nullopt,
            .verified = &resolved,
            .authorities = found.take(),
        };
    }
    const bool is_signed = facts.candidates > 0 || !facts.verified.empty();
    std::string text = is_signed ? found.shortfall(facts) : not_signed(entry, resolved, named);
    return {
        .standing = is_signed ? signature_standing::not_by_signers : signature_standing::not_signed,
        .found = finding_on(image, std::move(text)),
        .authorities = found.take(),
    };
}

} // namespace gatehouse::policy
