#pragma once
// Gathers what must be known of the images of one request: each image once, each place of its signatures
// once, with the keys of all entries that ask there, whatever policy or container they come from.

#include "policy/document/document.h"
#include "policy/evidence.h"

#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::policy {

/// Where the signatures lie that an entry asks for.
[[nodiscard]] std::string_view source_of(const signature_entry& entry, const reference& image);

class image_wants {
  public:
    /// Requires: the entry is not static.
    void add(const reference& image, const signature_entry& entry);

    [[nodiscard]] std::vector<image_want> take() { return std::move(wants_); }

  private:
    signature_source& source(const reference& image, std::string_view repository);

    std::vector<image_want> wants_;
};

} // namespace gatehouse::policy
