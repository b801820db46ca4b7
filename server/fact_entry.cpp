#include "server/fact_entry.h"

#include "policy/signature/raw_signature.h"
#include "server/fact_weight.h"

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

// The nodes of the list and of the hash table, the table's own slot, and the counts of shared_ptr.
constexpr std::size_t table_place = list_node + 5 * sizeof(void*)
                                    + heap_block    // node: next, hash, key, pointer
                                    + sizeof(void*) // slot
                                    + counts_of_pointer;

std::size_t outside(const std::string& text) { return outside_of(text); }

std::size_t outside(const policy::verified_signature& one) {
    std::size_t bytes =
        outside(one.subject.text()) + outside(one.key) + outside(one.identity) + outside(one.where);
    for (const auto& [name, value] : one.annotations) {
        bytes += tree_node + 2 * sizeof(std::string) + outside(name) + outside(value);
    }
    return bytes;
}

template <class T>
std::size_t outside(const policy::shared_list<T>& all) {
    std::size_t bytes = all.empty() ? 0 : sizeof(std::vector<T>) + counts_of_pointer + heap_block;
    for (const T& one : all) {
        bytes += sizeof(T) + outside(one);
    }
    return bytes;
}

std::string key_by(const policy::reference& image) {
    std::string key;
    tag_entry::write_key(key, image);
    return key;
}

std::string key_by(std::string_view repository, const policy::digest& of) {
    std::string key;
    source_entry::write_key(key, repository, of);
    return key;
}

} // namespace

std::size_t outside_of(const std::string& text) {
    static const std::size_t inside = std::string().capacity();
    return text.capacity() > inside ? text.capacity() + 1 + heap_block : 0;
}

std::size_t base_weight(const fact_entry& of) {
    const std::size_t failure =
        of.failure ? sizeof(remembered_failure) + heap_block + outside_of(of.failure->what.detail)
                   : 0;
    return table_place + outside_of(of.key) + failure;
}

std::string_view fact_entry::host() const noexcept {
    return std::string_view(key).substr(0, key.find('/'));
}

tag_entry::tag_entry(const policy::reference& of) : fact_entry(fact_kind::tag, key_by(of)) {}

void tag_entry::write_key(std::string& to, const policy::reference& image) {
    to.assign(image.name()).append(":");
    to.append(image.tag().empty() ? std::string_view("latest") : image.tag());
}

policy::reference tag_entry::image() const { return policy::reference::parse(key).value(); }

std::size_t tag_entry::weight() const {
    return sizeof(*this) + base_weight(*this) + (found ? outside(found->text()) : 0);
}

source_entry::source_entry(std::string_view in_repository, const policy::digest& of)
    : fact_entry(fact_kind::signatures, key_by(in_repository, of)) {}

void source_entry::write_key(
    std::string& to,
    std::string_view repository,
    const policy::digest& of
) {
    to.assign(repository).append("@").append(of.text());
}

std::string_view source_entry::repository() const noexcept {
    return std::string_view(key).substr(0, key.rfind('@'));
}

policy::digest source_entry::image() const {
    return policy::digest::parse(std::string_view(key).substr(repository().size() + 1)).value();
}

const std::shared_ptr<const facts_by_key>& source_entry::open() {
    if (!opened_) {
        opened_ = std::make_shared<const facts_by_key>(unpacked_facts(packed_facts_, image()));
    }
    return opened_;
}

void source_entry::learn(std::shared_ptr<const facts_by_key> facts) {
    packed_facts_ = packed(*facts);
    opened_ = std::move(facts);
}

source_entry::candidates_mark source_entry::mark_of(std::string_view packed, std::size_t count) {
    candidates_mark made;
    made.count = count;
    const std::string hash = policy::raw_bytes(policy::digest::of(packed));
    std::ranges::copy(hash, made.hash.begin());
    return made;
}

std::size_t source_entry::spare_weight() const {
    return kept_candidates
               ? list_node + sizeof(std::string) + counts_of_pointer + outside(*kept_candidates)
               : 0;
}

std::size_t source_entry::weight() const {
    std::size_t bytes =
        sizeof(*this) + base_weight(*this) + outside(packed_facts_) + spare_weight();
    if (opened_) {
        bytes += sizeof(facts_by_key) + counts_of_pointer;
        for (const auto& [id, facts] : *opened_) {
            bytes += tree_node + sizeof(id) + sizeof(facts) + outside(id) + outside(facts.verified)
                     + outside(facts.defects);
        }
    }
    return bytes;
}

} // namespace gatehouse::server
