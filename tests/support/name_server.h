#pragma once
// A name server on a free UDP port of the loopback: answers from a table, says that everything else does
// not exist, fails, or stays silent, and remembers what it was asked. One thread, ended by the destructor.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gatehouse::testing_support {

/// IPv4 and IPv6 addresses of one name, as text.
struct zone_entry {
    std::vector<std::string> addresses;
    std::uint32_t seconds_to_live = 30;
};

class name_server {
  public:
    enum class mood : std::uint8_t {
        answers,
        fails, ///< SERVFAIL
        silent
    };

    explicit name_server(std::map<std::string, zone_entry> zone, mood how = mood::answers);
    name_server(const name_server&) = delete;
    name_server& operator=(const name_server&) = delete;
    ~name_server();

    /// "127.0.0.1:port".
    [[nodiscard]] std::string address() const;
    /// "quay.io A" and "quay.io AAAA", sorted.
    [[nodiscard]] std::vector<std::string> questions() const;

  private:
    void serve();
    [[nodiscard]] std::string answer_to(const std::string& question) const;

    const std::map<std::string, zone_entry> zone_;
    const mood mood_;
    int socket_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> must_end_{false};
    mutable std::mutex lock_;
    std::vector<std::string> questions_;
    std::thread thread_;
};

} // namespace gatehouse::testing_support
