#include "tests/support/connect_proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <sstream>

namespace gatehouse::testing_support {
namespace {

/// False at the end of what comes.
bool pass_on(int from, int to) {
    std::array<char, 16384> some{};
    const auto got = recv(from, some.data(), some.size(), 0);
    return got > 0 && send(to, some.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
}

/// Until one of both ends.
void relay(int one, int other) {
    std::array<pollfd, 2> both{
        pollfd{.fd = one, .events = POLLIN, .revents = 0},
        pollfd{.fd = other, .events = POLLIN, .revents = 0}};
    for (;;) {
        if (poll(both.data(), both.size(), -1) < 0) {
            return;
        }
        if ((both[0].revents != 0 && !pass_on(one, other))
            || (both[1].revents != 0 && !pass_on(other, one))) {
            return;
        }
    }
}

int connected_to(std::uint16_t port) {
    const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        close(made);
        return -1;
    }
    return made;
}

} // namespace

connect_proxy::connect_proxy(std::map<std::string, std::uint16_t> ways)
    : ways_(std::move(ways)),
      server_(
          [this](const std::string& request, scripted_server::peer& with) {
              return open(request, with);
          },
          transport::plain
      ) {}

bool connect_proxy::open(const std::string& request, scripted_server::peer& with) const {
    std::string method;
    std::string host;
    std::istringstream(request) >> method >> host;
    const auto way = ways_.find(host);
    if (method != "CONNECT" || way == ways_.end()) {
        return with.write("HTTP/1.1 403 Forbidden\r\n\r\n") && false;
    }
    const int there = connected_to(way->second);
    if (there < 0) {
        return with.write("HTTP/1.1 502 Bad Gateway\r\n\r\n") && false;
    }
    with.write("HTTP/1.1 200 OK\r\n\r\n");
    relay(with.socket(), there);
    close(there);
    return false;
}

std::vector<std::string> connect_proxy::log() const {
    std::vector<std::string> out;
    for (const std::string& request : server_.requests()) {
        out.push_back(request.substr(0, request.find(" HTTP/1.1")));
    }
    return out;
}

} // namespace gatehouse::testing_support
