#include "tests/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace gatehouse::bench {

std::size_t histogram::bucket_of(std::uint64_t value) noexcept {
    // Values below 2^sub_bits have a bucket each; above, the bits below the leading one select it.
    const auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= sub_bits) {
        return value;
    }
    const unsigned shift = width - sub_bits - 1;
    const std::uint64_t within = (value >> shift) - (std::uint64_t{1} << sub_bits);
    return ((std::size_t{shift} + 1) << sub_bits) + within;
}

std::uint64_t histogram::upper_end(std::size_t bucket) noexcept {
    const std::size_t group = bucket >> sub_bits;
    const std::uint64_t within = bucket & ((std::uint64_t{1} << sub_bits) - 1);
    if (group == 0) {
        return within;
    }
    return (((std::uint64_t{1} << sub_bits) + within + 1) << (group - 1)) - 1;
}

void histogram::record(std::chrono::nanoseconds latency) noexcept {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
    ++counts_[std::min(bucket_of(value), buckets - 1)];
    ++count_;
    max_ = std::max(max_, latency);
}

std::chrono::nanoseconds histogram::percentile(double share) const noexcept {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets; ++i) {
        seen += counts_[i];
        if (seen >= wanted && seen != 0) {
            const std::chrono::nanoseconds end{static_cast<std::int64_t>(upper_end(i))};
            return std::min(end, max_);
        }
    }
    return std::chrono::nanoseconds{0};
}

} // namespace gatehouse::bench
