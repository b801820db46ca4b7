#include "tests/bench/request_text.h"

#include <stdexcept>

namespace gatehouse::bench {

namespace {

constexpr std::string_view uid_key = R"("uid":")";
constexpr std::size_t uid_size = 36;
constexpr std::size_t stamped_digits = 12;

} // namespace

request_text::request_text(std::string_view body) {
    bytes_ = "POST /validate?timeout=10s HTTP/1.1\r\n"
             "Host: gatehouse.gatehouse-system.svc\r\n"
             "User-Agent: kube-apiserver-admission\r\n"
             "Content-Length: "
             + std::to_string(body.size())
             + "\r\n"
               "Accept: application/json, */*\r\n"
               "Content-Type: application/json\r\n"
               "Accept-Encoding: gzip\r\n"
               "\r\n";
    const std::size_t at = body.find(uid_key);
    if (at == std::string_view::npos || body.size() < at + uid_key.size() + uid_size + 1
        || body[at + uid_key.size() + uid_size] != '"') {
        throw std::runtime_error("the body has no request uid of 36 characters");
    }
    uid_at_ = bytes_.size() + at + uid_key.size();
    bytes_ += body;
}

void request_text::stamp(std::uint64_t number) noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < stamped_digits; ++i) {
        bytes_[uid_at_ + uid_size - 1 - i] = digits[number & 0xF];
        number >>= 4U;
    }
}

std::string_view request_text::uid() const noexcept {
    return std::string_view(bytes_).substr(uid_at_, uid_size);
}

bool is_answer(std::string_view body, std::string_view uid, expectation what) noexcept {
    if (body.find(R"("allowed":true)") == std::string_view::npos) {
        return false;
    }
    const std::size_t at = body.find(uid_key);
    return what == expectation::constant
           || (at != std::string_view::npos && body.substr(at + uid_key.size()).starts_with(uid));
}

} // namespace gatehouse::bench
