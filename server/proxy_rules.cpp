#include "server/proxy_rules.h"

#include "policy/text.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <charconv>

namespace gatehouse::server {
namespace {

namespace ip = boost::asio::ip;

template <class Network, class Address>
bool lies_in(const Address& address, const Network& network) {
    const auto prefix = network.prefix_length();
    const auto a = address.to_bytes();
    const auto b = network.network().to_bytes();
    for (std::size_t i = 0; i < a.size(); ++i) {
        const int bits = std::clamp(static_cast<int>(prefix) - static_cast<int>(i) * 8, 0, 8);
        const auto mask = static_cast<unsigned>(0xff00U >> static_cast<unsigned>(bits)) & 0xffU;
        if (((a[i] ^ b[i]) & mask) != 0) {
            return false;
        }
    }
    return true;
}

bool is_in_range(const ip::address& address, std::string_view range) {
    boost::system::error_code failure;
    if (address.is_v4()) {
        const auto network = ip::make_network_v4(range, failure);
        return !failure && lies_in(address.to_v4(), network);
    }
    const auto network = ip::make_network_v6(range, failure);
    return !failure && lies_in(address.to_v6(), network);
}

bool matches(std::string_view host, const ip::address* address, std::string_view rule) {
    if (rule == "*") {
        return true;
    }
    if (address != nullptr) {
        if (rule.find('/') != std::string_view::npos) {
            return is_in_range(*address, rule);
        }
        boost::system::error_code failure;
        const auto other = ip::make_address(rule, failure);
        return !failure && other == *address;
    }
    return rule.starts_with('.') ? host.size() > rule.size() && host.ends_with(rule) : host == rule;
}

} // namespace

std::optional<proxy_address> parse_proxy(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) {
        return std::nullopt;
    }
    std::string_view rest = url.substr(scheme.size());
    if (rest.ends_with('/')) {
        rest.remove_suffix(1);
    }
    proxy_address out;
    const std::size_t end_of_literal = rest.starts_with('[') ? rest.find(']') : 0;
    if (end_of_literal == std::string_view::npos) {
        return std::nullopt;
    }
    const std::size_t colon = rest.find(':', end_of_literal);
    if (colon != std::string_view::npos) {
        const std::string_view port = rest.substr(colon + 1);
        const auto [end, problem] =
            std::from_chars(port.data(), port.data() + port.size(), out.port);
        if (problem != std::errc{} || end != port.data() + port.size() || out.port == 0) {
            return std::nullopt;
        }
    }
    std::string_view host = rest.substr(0, colon);
    if (end_of_literal != 0) {
        host = host.substr(1, end_of_literal - 1);
    }
    if (host.empty()) {
        return std::nullopt;
    }
    out.host = host;
    return out;
}

bool goes_around_proxy(std::string_view host, std::span<const std::string> no_proxy) {
    boost::system::error_code not_an_address;
    const auto address = ip::make_address(host, not_an_address);
    const std::string name = policy::lower(host);
    return std::ranges::any_of(no_proxy, [&](const std::string& rule) {
        return matches(name, not_an_address ? nullptr : &address, policy::lower(rule));
    });
}

} // namespace gatehouse::server
