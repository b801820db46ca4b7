#pragma once
// Memory of one request: text and arrays that die together. Whatever decode() returns points in
// here, so nothing in a request is freed one by one and no view outlives the request's arena. Not
// thread-safe; one owner.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>

namespace gatehouse::policy {

/// An array in an arena: pointer and length, compared element by element.
template <class T>
class list {
  public:
    using value_type = T;
    using const_iterator = const T*;

    list() = default;
    list(const T* data, std::size_t size) : data_(data), size_(size) {}

    [[nodiscard]] const T* begin() const noexcept { return data_; }
    [[nodiscard]] const T* end() const noexcept { return data_ + size_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return data_[i]; }

    friend bool operator==(const list& a, const list& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

  private:
    const T* data_ = nullptr;
    std::size_t size_ = 0;
};

class arena {
  public:
    /// Takes from `first` before it asks the heap; `first` must outlive the arena.
    explicit arena(std::span<std::byte> first) : resource_(first.data(), first.size()) {}
    arena() = default;
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;

    [[nodiscard]] std::string_view copy(std::string_view text) {
        if (text.empty()) {
            return {};
        }
        auto* to = static_cast<char*>(resource_.allocate(text.size(), 1));
        std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }

    /// `count` value-initialised elements, to be filled by the caller and then wrapped in a list.
    template <class T>
    [[nodiscard]] std::span<T> make_array(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>, "nothing in an arena is destroyed");
        if (count == 0) {
            return {};
        }
        auto* first = static_cast<T*>(resource_.allocate(count * sizeof(T), alignof(T)));
        std::uninitialized_value_construct_n(first, count);
        return {first, count};
    }

    template <class T>
    [[nodiscard]] T& make() {
        return make_array<T>(1).front();
    }

  private:
    std::pmr::monotonic_buffer_resource resource_;
};

} // namespace gatehouse::policy
