#pragma once
// Gathers what must be known of images, for one request or for many: each image once, each place of its
// signatures once, with the keys of all entries that ask there, whatever policy or container they come from. Its user once, with all that anybody wants of it.

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
    /// What must be known of its user.
    void add(const reference& image, const user_want& user);
    /// What another request wants.
    void add(const image_want& more);

    [[nodiscard]] std::vector<image_want> take() { return std::move(wants_); }

  private:
    image_want& want(const reference& image);
    static signature_source& source(image_want& of, std::string_view repository);

    std::vector<image_want> wants_;
};

} // namespace gatehouse::policy
