#pragma once
// How long to wait before the next attempt: doubled from one failure to the next within bounds, and spread by
// chance, so that replicas that failed together do not ask together. A value; one owner.

#include <algorithm>
#include <chrono>
#include <random>

namespace gatehouse::server {

class backoff {
  public:
    static constexpr std::chrono::milliseconds shortest{500};
    static constexpr std::chrono::milliseconds longest{30'000};

    explicit backoff(std::uint_fast32_t seed = std::random_device{}()) : chance_(seed) {}

    /// Between half of and the whole of what the failures so far ask for.
    [[nodiscard]] std::chrono::milliseconds next() {
        const auto most = next_;
        next_ = std::min(longest, next_ * 2);
        return spread(most / 2, most);
    }
    /// Something between the two.
    [[nodiscard]] std::chrono::milliseconds spread(
        std::chrono::milliseconds least,
        std::chrono::milliseconds most
    ) {
        std::uniform_int_distribution<std::chrono::milliseconds::rep> some(
            least.count(), most.count()
        );
        return std::chrono::milliseconds(some(chance_));
    }
    void succeed() noexcept { next_ = shortest; }

  private:
    std::minstd_rand chance_;
    std::chrono::milliseconds next_ = shortest;
};

} // namespace gatehouse::server
