#pragma once
// A list that never changes once it is made, so that copies share it: facts about images go from the cache
// into every review that they are part of. A value; safe on any thread.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace gatehouse::policy {

template <class T>
class shared_list {
  public:
    using value_type = T;
    using const_iterator = const T*;

    shared_list() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): it is the same list
    shared_list(std::vector<T> items) {
        if (!items.empty()) {
            items_ = std::make_shared<const std::vector<T>>(std::move(items));
        }
    }

    [[nodiscard]] const T* begin() const noexcept { return items_ ? items_->data() : nullptr; }
    [[nodiscard]] const T* end() const noexcept { return begin() + size(); }
    [[nodiscard]] std::size_t size() const noexcept { return items_ ? items_->size() : 0; }
    [[nodiscard]] bool empty() const noexcept { return items_ == nullptr; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return (*items_)[i]; }

    friend bool operator==(const shared_list& a, const shared_list& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

  private:
    std::shared_ptr<const std::vector<T>> items_; ///< null where it is empty
};

} // namespace gatehouse::policy
