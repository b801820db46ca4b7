#include "policy/image_wants.h"

#include <algorithm>

namespace gatehouse::policy {

std::string_view source_of(const signature_entry& entry, const reference& image) {
    return entry.repository.empty() ? image.name() : std::string_view(entry.repository);
}

signature_source& image_wants::source(const reference& image, std::string_view repository) {
    auto want = std::ranges::find(wants_, image, &image_want::image);
    if (want == wants_.end()) {
        want = wants_.insert(wants_.end(), {image, {}});
    }
    auto found = std::ranges::find(want->sources, repository, &signature_source::repository);
    if (found == want->sources.end()) {
        found = want->sources.insert(want->sources.end(), {std::string(repository), {}});
    }
    return *found;
}

void image_wants::add(const reference& image, const signature_entry& entry) {
    signature_source& from = source(image, source_of(entry, image));
    for (const authority& signer : entry.authorities) {
        for (const signing_key& named : signer.keys) {
            const bool known = std::ranges::any_of(from.keys, [&](const auto& key) {
                return named.key != nullptr && key->id() == named.key->id();
            });
            if (named.key != nullptr && !known) {
                from.keys.push_back(named.key);
            }
        }
    }
}

} // namespace gatehouse::policy
