#include "server/user_entry.h"

#include "server/fact_weight.h"

namespace gatehouse::server {
namespace {

template <class Entry>
std::string key_by(std::string_view repository, const policy::digest& of) {
    std::string key;
    Entry::write_key(key, repository, of);
    return key;
}

std::size_t outside(const policy::platform_image& one) {
    return outside_of(one.os) + outside_of(one.architecture) + outside_of(one.variant)
           + outside_of(one.manifest.text()) + outside_of(one.user);
}

} // namespace

std::string_view user_entry::repository() const noexcept {
    return std::string_view(key).substr(0, key.rfind('@'));
}

policy::digest user_entry::image() const {
    const std::size_t begin = repository().size() + 1;
    return policy::digest::parse(std::string_view(key).substr(begin, key.rfind('#') - begin))
        .value();
}

platforms_entry::platforms_entry(std::string_view in_repository, const policy::digest& of)
    : user_entry(fact_kind::platforms, key_by<platforms_entry>(in_repository, of)) {}

void platforms_entry::write_key(
    std::string& to,
    std::string_view repository,
    const policy::digest& of
) {
    to.assign(repository).append("@").append(of.text()).append("#platforms");
}

std::size_t platforms_entry::weight() const {
    std::size_t bytes = sizeof(*this) + base_weight(*this);
    if (found) {
        bytes += counts_of_pointer + sizeof(std::vector<policy::platform_image>) + heap_block;
        for (const policy::platform_image& one : *found) {
            bytes += sizeof(one) + outside(one);
        }
    }
    return bytes;
}

accounts_entry::accounts_entry(std::string_view in_repository, const policy::digest& of)
    : user_entry(fact_kind::accounts, key_by<accounts_entry>(in_repository, of)) {}

void accounts_entry::write_key(
    std::string& to,
    std::string_view repository,
    const policy::digest& of
) {
    to.assign(repository).append("@").append(of.text()).append("#accounts");
}

std::size_t accounts_entry::weight() const {
    return sizeof(*this) + base_weight(*this) + (found ? counts_of_pointer + found->weight() : 0);
}

} // namespace gatehouse::server
