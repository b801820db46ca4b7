#pragma once
// Bytes in flight: how much memory bodies may take while they arrive, whoever sends them. Above the
// limit requests are shed (interface 4). What fits a connection's own pooled buffer is never
// refused, so small reviews pass while somebody uploads. Also the numbers behind the gauges. Loop
// thread only.

#include <cstddef>
#include <cstdint>

namespace gatehouse::server {

class byte_budget {
  public:
    static constexpr std::size_t usual_limit = std::size_t{128} * 1024 * 1024;
    /// simdjson's document takes up to 13 times the body, beside the body itself.
    static constexpr std::size_t parse_weight = 14;

    explicit byte_budget(std::size_t limit = usual_limit) : limit_(limit) {}
    byte_budget(const byte_budget&) = delete;
    byte_budget& operator=(const byte_budget&) = delete;

    /// Bytes of one body; given back when it is destroyed. The budget outlives it.
    class charge {
      public:
        explicit charge(byte_budget& budget) : budget_(budget) {}
        charge(const charge&) = delete;
        charge& operator=(const charge&) = delete;
        ~charge() { clear(); }

        /// False, and nothing changed, when the budget has not that many left.
        [[nodiscard]] bool grow(std::size_t bytes);
        void clear() noexcept;

      private:
        byte_budget& budget_;
        std::size_t taken_ = 0;
    };

    /// A body in the parser: weighs `parse_weight` times its size in the gauge, beside its charge.
    /// Not limited here: large bodies are parsed one at a time (parse_turn.h).
    class parsing {
      public:
        parsing(byte_budget& budget, std::size_t body);
        parsing(const parsing&) = delete;
        parsing& operator=(const parsing&) = delete;
        ~parsing();

      private:
        byte_budget& budget_;
        std::size_t weight_;
    };

    [[nodiscard]] std::size_t in_flight() const noexcept { return arrived_ + parsed_; }
    [[nodiscard]] std::uint64_t shed_requests() const noexcept { return shed_; }
    void count_shed() noexcept { ++shed_; }

  private:
    std::size_t limit_;
    std::size_t arrived_ = 0;
    std::size_t parsed_ = 0;
    std::uint64_t shed_ = 0;
};

} // namespace gatehouse::server
