#include "policy/image_wants.h"

#include <algorithm>

namespace gatehouse::policy {

namespace {

void add_key(signature_source& to, const std::shared_ptr<const public_key>& key) {
    const bool known = std::ranges::any_of(to.keys, [&](const auto& one) {
        return key != nullptr && one->id() == key->id();
    });
    if (key != nullptr && !known) {
        to.keys.push_back(key);
    }
}

/// Wanted for two architectures are all of them.
void merge(user_want& into, const user_want& more) {
    if (!more.any()) {
        return;
    }
    if (!into.any()) {
        into = more;
        return;
    }
    if (into.architecture != more.architecture) {
        into.architecture.clear();
    }
    into.config = into.config || more.config;
    into.user_id = into.user_id || more.user_id;
    into.group_id = into.group_id || more.group_id;
    into.groups = into.groups || more.groups;
}

} // namespace

std::string_view source_of(const signature_entry& entry, const reference& image) {
    return entry.repository.empty() ? image.name() : std::string_view(entry.repository);
}

image_want& image_wants::want(const reference& image) {
    const auto known = std::ranges::find(wants_, image, &image_want::image);
    return known == wants_.end() ? wants_.emplace_back(image_want{image, {}, {}}) : *known;
}

signature_source& image_wants::source(image_want& of, std::string_view repository) {
    const auto known = std::ranges::find(of.sources, repository, &signature_source::repository);
    return known == of.sources.end()
               ? of.sources.emplace_back(signature_source{std::string(repository), {}})
               : *known;
}

void image_wants::add(const reference& image, const signature_entry& entry) {
    signature_source& from = source(want(image), source_of(entry, image));
    for (const authority& signer : entry.authorities) {
        for (const signing_key& named : signer.keys) {
            add_key(from, named.key);
        }
    }
}

void image_wants::add(const reference& image, const user_want& user) {
    merge(want(image).user, user);
}

void image_wants::add(const image_want& more) {
    image_want& into = want(more.image);
    merge(into.user, more.user);
    for (const signature_source& one : more.sources) {
        signature_source& from = source(into, one.repository);
        for (const auto& key : one.keys) {
            add_key(from, key);
        }
    }
}

} // namespace gatehouse::policy
