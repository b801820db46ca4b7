#include "policy/yaml/line_index.h"

#include <algorithm>

namespace gatehouse::policy {
namespace {

constexpr std::size_t block_size = 512;

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; // not a continuation byte
    }));
}

} // namespace

line_index::line_index(std::string_view text) : text_(text), begins_{0}, blocks_{0} {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos;
         at = text.find('\n', at + 1)) {
        begins_.push_back(at + 1);
    }
    for (std::size_t at = 0; at + block_size <= text.size(); at += block_size) {
        blocks_.push_back(blocks_.back() + count_characters(text.substr(at, block_size)));
    }
}

std::size_t line_index::line_of(std::size_t offset) const {
    const auto after = std::ranges::upper_bound(begins_, offset);
    return static_cast<std::size_t>(after - begins_.begin()) - 1;
}

std::size_t line_index::characters_before(std::size_t offset) const {
    const std::size_t block = offset / block_size;
    const std::size_t begin = block * block_size;
    return blocks_[block] + count_characters(text_.substr(begin, offset - begin));
}

position line_index::at(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const std::size_t line = line_of(offset);
    const std::size_t column = characters_before(offset) - characters_before(begins_[line]);
    return {line + 1, column + 1};
}

} // namespace gatehouse::policy
