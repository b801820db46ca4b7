#pragma once
// Latencies with less than one percent of error in a fixed amount of memory: buckets are linear
// inside each power of two of nanoseconds. Used by the load generator; not thread-safe.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gatehouse::bench {

class histogram {
  public:
    void record(std::chrono::nanoseconds latency) noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    /// The smallest latency that at least `share` (0..1) of all values do not exceed, as the upper
    /// end of its bucket; zero without any value.
    [[nodiscard]] std::chrono::nanoseconds percentile(double share) const noexcept;

    [[nodiscard]] std::chrono::nanoseconds max() const noexcept { return max_; }

  private:
    /// 128 buckets per power of two: a bucket is at most 1/128 of its value wide.
    static constexpr unsigned sub_bits = 7;
    /// Up to 2^40 ns, eighteen minutes; longer ones count in the last bucket.
    static constexpr unsigned most_bits = 40;
    static constexpr std::size_t buckets = std::size_t{most_bits - sub_bits + 1} << sub_bits;

    [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) noexcept;
    [[nodiscard]] static std::uint64_t upper_end(std::size_t bucket) noexcept;

    std::array<std::uint64_t, buckets> counts_{};
    std::uint64_t count_ = 0;
    std::chrono::nanoseconds max_{0};
};

} // namespace gatehouse::bench
