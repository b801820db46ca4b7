#include "tests/support/signature_policies.h"

#include "policy/image/reference.h"
#include "tests/support/signing.h"

#include <map>
#include <utility>

namespace gatehouse::testing_support {

std::string digest_text(char digit) { return "sha256:" + std::string(64, digit); }

policy::digest digest_of(char digit) { return policy::digest::parse(digest_text(digit)).value(); }

std::shared_ptr<const policy::public_key> test_key(std::string_view kind) {
    static std::map<std::string, std::shared_ptr<const policy::public_key>, std::less<>> keys;
    const auto known = keys.find(kind);
    if (known != keys.end()) {
        return known->second;
    }
    auto key = policy::public_key::parse(shared_key(kind).public_pem(), std::nullopt).value();
    return keys.emplace(kind, std::move(key)).first->second;
}

policy::authority signer(std::string name, const std::vector<std::string>& kinds) {
    policy::authority out;
    out.name = std::move(name);
    for (const std::string& kind : kinds) {
        policy::signing_key& key = out.keys.emplace_back();
        key.key = test_key(kind);
    }
    return out;
}

policy::image_patterns patterns(const std::vector<std::string>& texts) {
    std::vector<policy::image_pattern> parsed;
    for (const std::string& text : texts) {
        parsed.push_back(policy::image_pattern::parse(text).value());
    }
    return policy::image_patterns(std::move(parsed));
}

policy::signature_entry entry_of(std::vector<policy::authority> authorities) {
    policy::signature_entry out;
    out.name = "release";
    out.images = patterns({"reg.example/**"});
    out.authorities = std::move(authorities);
    return out;
}

policy::signature_entry kms() { return entry_of({signer("kms", {"P-256"})}); }

policy::policy_document policy_of(std::vector<policy::signature_entry> entries) {
    policy::policy_document out;
    out.name = "p";
    out.signatures = std::move(entries);
    return out;
}

policy::registry_aliases alias_of(std::string alias, std::string host) {
    std::map<std::string, std::string, std::less<>> hosts;
    hosts.emplace(std::move(alias), std::move(host));
    return policy::registry_aliases(std::move(hosts));
}

policy::verified_signature signed_by(std::string_view kind, char digit) {
    return {
        .subject = digest_of(digit),
        .key = test_key(kind)->id(),
        .hash = policy::hash_algorithm::sha256,
        .type = policy::statement_type::simple_signing,
        .store = policy::signature_store::signature_tag,
        .identity = {},
        .annotations = {},
        .where = "layer 1",
    };
}

policy::image_evidence evidence_of(
    std::string_view image,
    char digit,
    std::vector<policy::verified_signature> verified
) {
    const policy::reference parsed = policy::reference::parse(image).value();
    policy::signature_facts facts;
    facts.candidates = verified.size();
    facts.verified = std::move(verified);
    policy::image_evidence out;
    out.image = parsed.text();
    out.resolved = digest_of(digit);
    out.sources.emplace_back(parsed.name(), std::move(facts));
    return out;
}

std::string pod_of(const std::string& image) {
    return R"({"containers":[{"name":"app","image":")" + image + R"("}]})";
}

policy::signature_facts& facts_in(policy::image_evidence& one) {
    return std::get<policy::signature_facts>(one.sources.at(0).second);
}

} // namespace gatehouse::testing_support
