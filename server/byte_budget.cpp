#include "server/byte_budget.h"

namespace gatehouse::server {

bool byte_budget::charge::grow(std::size_t bytes) {
    if (bytes > budget_.limit_ - budget_.arrived_) {
        return false;
    }
    budget_.arrived_ += bytes;
    taken_ += bytes;
    return true;
}

void byte_budget::charge::clear() noexcept {
    budget_.arrived_ -= taken_;
    taken_ = 0;
}

byte_budget::parsing::parsing(byte_budget& budget, std::size_t body)
    : budget_(budget), weight_(body * (parse_weight - 1)) {
    budget_.parsed_ += weight_;
}

byte_budget::parsing::~parsing() { budget_.parsed_ -= weight_; }

} // namespace gatehouse::server
