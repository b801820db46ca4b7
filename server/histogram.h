#pragma once
// A histogram over fixed bounds. Observing is a short walk and three additions; values are whole units
// (nanoseconds, bytes), which the exposition scales to the metric's. One thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gatehouse::server {

/// Of durations in nanoseconds: 0.25 ms to 10 s.
inline constexpr std::array<std::uint64_t, 15> duration_bounds{
    250'000,
    500'000,
    1'000'000,
    2'500'000,
    5'000'000,
    10'000'000,
    25'000'000,
    50'000'000,
    100'000'000,
    250'000'000,
    500'000'000,
    1'000'000'000,
    2'500'000'000,
    5'000'000'000,
    10'000'000'000};

class histogram {
  public:
    /// `bounds` ascend and outlive this; `per_unit` values are one unit of the metric (1e9 for
    /// nanoseconds in a metric of seconds).
    histogram(std::span<const std::uint64_t> bounds, double per_unit)
        : bounds_(bounds), per_unit_(per_unit), counts_(bounds.size() + 1) {}

    void observe(std::uint64_t value) noexcept {
        std::size_t i = 0;
        while (i < bounds_.size() && value > bounds_[i]) {
            ++i;
        }
        ++counts_[i];
        ++count_;
        sum_ += value;
    }

    [[nodiscard]] std::span<const std::uint64_t> bounds() const noexcept { return bounds_; }
    /// Observations up to each bound and above the one before; the last entry is those above all.
    [[nodiscard]] std::span<const std::uint64_t> counts() const noexcept { return counts_; }
    [[nodiscard]] double per_unit() const noexcept { return per_unit_; }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }

  private:
    std::span<const std::uint64_t> bounds_;
    double per_unit_;
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    std::uint64_t sum_ = 0;
};

} // namespace gatehouse::server
