#pragma once
// Clients that keep asking while something happens to the server: half of them with a new connection
// for each review, half on one that they keep for as long as the server lets them.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gatehouse::testing_support {

class request_load {
  public:
    explicit request_load(std::uint16_t webhook_port, int clients = 8);
    request_load(const request_load&) = delete;
    request_load& operator=(const request_load&) = delete;
    ~request_load() { stop(); }

    /// Ends the clients behind their last answer.
    void stop();
    /// Right verdicts so far.
    [[nodiscard]] int answers() const { return answers_; }
    /// Reviews that got no answer or a wrong one. A refused connection is not among them once
    /// `expect_refusals` was called: nobody had taken that review.
    [[nodiscard]] std::vector<std::string> losses() const;
    void expect_refusals() { refusals_expected_ = true; }

  private:
    void ask_until_stopped(bool keeps_connection);

    std::uint16_t port_;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> refusals_expected_ = false;
    std::atomic<int> answers_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> losses_;
    std::vector<std::thread> clients_;
};

} // namespace gatehouse::testing_support
