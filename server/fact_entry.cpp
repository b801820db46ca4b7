#include "server/fact_entry.h"

#include <algorithm>
#include <tuple>

namespace gatehouse::server {
namespace {

// What the allocator adds to a block, on average: its header and rounding up to sixteen.
constexpr std::size_t block = 16;
// An element of a red-black tree, beside its value: colour and three pointers.
constexpr std::size_t tree_node = 4 * sizeof(void*) + block;
// The nodes of the list and of the hash table, the table's own slot, and the counts of shared_ptr.
constexpr std::size_t table_place = 3 * sizeof(void*) + block   // list
                                    + 5 * sizeof(void*) + block // node: next, hash, key, pointer
                                    + sizeof(void*)             // slot
                                    + 2 * sizeof(void*) + block;

/// What a string takes outside of itself.
std::size_t outside(const std::string& text) {
    static const std::size_t inside = std::string().capacity();
    return text.capacity() > inside ? text.capacity() + 1 + block : 0;
}

std::size_t outside(const policy::digest& of) { return outside(of.text()); }

std::size_t outside(const policy::signature_candidate& one) {
    return outside(one.content) + outside(one.signature) + outside(one.where)
           + outside(one.problem);
}

std::size_t outside(const policy::verified_signature& one) {
    std::size_t bytes =
        outside(one.subject) + outside(one.key) + outside(one.identity) + outside(one.where);
    for (const auto& [name, value] : one.annotations) {
        bytes += tree_node + 2 * sizeof(std::string) + outside(name) + outside(value);
    }
    return bytes;
}

template <class T>
std::size_t outside(const std::vector<T>& all) {
    std::size_t bytes = all.capacity() == 0 ? 0 : all.capacity() * sizeof(T) + block;
    for (const T& one : all) {
        bytes += outside(one);
    }
    return bytes;
}

std::size_t base_weight(const fact_entry& of) {
    return table_place + outside(of.key) + outside(of.host)
           + (of.failure ? outside(of.failure->what.detail) : 0);
}

std::string tag_text(const policy::reference& image) {
    return std::string(image.tag().empty() ? std::string_view("latest") : image.tag());
}

auto fields_of(const policy::signature_candidate& one) {
    return std::tie(one.store, one.format, one.content, one.signature, one.where, one.problem);
}

} // namespace

std::string_view host_of(std::string_view repository) {
    return repository.substr(0, repository.find('/'));
}

bool same_candidates(const source_entry::candidates& a, const source_entry::candidates& b) {
    return std::ranges::equal(a, b, {}, fields_of, fields_of);
}

tag_entry::tag_entry(policy::reference of)
    : fact_entry(fact_kind::tag, key_of(of), std::string(of.registry())), image(std::move(of)) {}

std::string tag_entry::key_of(const policy::reference& image) {
    return std::string(image.name()).append(":").append(tag_text(image));
}

std::size_t tag_entry::weight() const {
    return sizeof(*this) + base_weight(*this) + outside(image.text())
           + (found ? outside(*found) : 0);
}

source_entry::source_entry(std::string in_repository, policy::digest of)
    : fact_entry(
        fact_kind::signatures,
        key_of(in_repository, of),
        std::string(host_of(in_repository))
    ),
      repository(std::move(in_repository)),
      image(std::move(of)) {}

std::string source_entry::key_of(std::string_view repository, const policy::digest& of) {
    return std::string(repository).append("@").append(of.text());
}

std::size_t source_entry::weight() const {
    std::size_t bytes = sizeof(*this) + base_weight(*this) + outside(repository) + outside(image);
    if (raw) {
        bytes += sizeof(candidates) + 2 * sizeof(void*) + block + outside(*raw);
    }
    for (const auto& [id, facts] : by_key) {
        bytes += tree_node + sizeof(id) + sizeof(facts) + outside(id) + outside(facts.verified)
                 + outside(facts.defects);
    }
    return bytes;
}

} // namespace gatehouse::server
