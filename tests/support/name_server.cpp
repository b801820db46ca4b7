#include "tests/support/name_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace gatehouse::testing_support {
namespace {

// RFC 1035 section 4.1 and RFC 3596 section 2.1.
constexpr std::size_t header_size = 12;
constexpr unsigned type_a = 1;
constexpr unsigned type_aaaa = 28;

struct asked {
    std::string name;
    unsigned type = 0;
    std::size_t end = 0; ///< of the question in the message
};

asked question_in(const std::string& message) {
    asked out;
    std::size_t at = header_size;
    const auto byte = [&](std::size_t i) -> unsigned {
        return static_cast<unsigned char>(message.at(i));
    };
    while (byte(at) != 0) {
        out.name += (out.name.empty() ? "" : ".") + message.substr(at + 1, byte(at));
        at += 1U + byte(at);
    }
    out.type = byte(at + 1) * 256U + byte(at + 2);
    out.end = at + 5;
    return out;
}

std::string two_bytes(std::size_t value) {
    return {static_cast<char>(value >> 8U & 0xffU), static_cast<char>(value & 0xffU)};
}

/// An address record of the name asked for; empty where `text` is of the other family.
std::string record_of(const std::string& text, unsigned type, std::uint32_t seconds) {
    std::array<char, 16> raw{};
    const int family = type == type_a ? AF_INET : AF_INET6;
    if ((type != type_a && type != type_aaaa) || inet_pton(family, text.c_str(), raw.data()) != 1) {
        return {};
    }
    const std::size_t size = type == type_a ? 4 : 16;
    constexpr std::size_t pointer_to_question = 0xc000U + header_size;
    return two_bytes(pointer_to_question) + two_bytes(type) + two_bytes(1)
           + two_bytes(seconds >> 16U) + two_bytes(seconds) + two_bytes(size)
           + std::string(raw.data(), size);
}

} // namespace

name_server::name_server(std::map<std::string, zone_entry> zone, mood how)
    : zone_(std::move(zone)), mood_(how), socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

name_server::~name_server() {
    must_end_ = true;
    sockaddr_in self{};
    self.sin_family = AF_INET;
    self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    self.sin_port = htons(port_);
    const char wake = 0;
    sendto(socket_, &wake, 1, 0, reinterpret_cast<const sockaddr*>(&self), sizeof self);
    thread_.join();
    close(socket_);
}

std::string name_server::address() const { return "127.0.0.1:" + std::to_string(port_); }

std::vector<std::string> name_server::questions() const {
    const std::lock_guard hold(lock_);
    auto out = questions_;
    std::ranges::sort(out);
    return out;
}

std::string name_server::answer_to(const std::string& question) const {
    const asked what = question_in(question);
    const auto entry = zone_.find(what.name);
    std::string records;
    std::size_t number = 0;
    if (entry != zone_.end()) {
        for (const std::string& text : entry->second.addresses) {
            const std::string one = record_of(text, what.type, entry->second.seconds_to_live);
            number += one.empty() ? 0U : 1U;
            records += one;
        }
    }
    // Response, authoritative, recursion desired and available; SERVFAIL, or NXDOMAIN where the name is not in the table.
    const std::size_t code = mood_ == mood::fails ? 2U : entry == zone_.end() ? 3U : 0U;
    const std::size_t flags = 0x8580U + code;
    return question.substr(0, 2) + two_bytes(flags) + two_bytes(1) + two_bytes(number)
           + two_bytes(0) + two_bytes(0) + question.substr(header_size, what.end - header_size)
           + records;
}

void name_server::serve() {
    std::array<char, 1500> message{};
    for (;;) {
        sockaddr_in from{};
        socklen_t size = sizeof from;
        const auto got = recvfrom(
            socket_, message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&from), &size
        );
        if (must_end_) {
            return;
        }
        if (got < static_cast<ssize_t>(header_size)) {
            continue;
        }
        const std::string question(message.data(), static_cast<std::size_t>(got));
        const asked what = question_in(question);
        {
            const std::lock_guard hold(lock_);
            questions_.push_back(what.name + (what.type == type_a ? " A" : " AAAA"));
        }
        if (mood_ != mood::silent) {
            const std::string answer = answer_to(question);
            sendto(
                socket_,
                answer.data(),
                answer.size(),
                0,
                reinterpret_cast<const sockaddr*>(&from),
                size
            );
        }
    }
}

} // namespace gatehouse::testing_support
