#include "server/admission/review_json.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gatehouse::server {
namespace {

// Of metadata, of a pod's spec and of its containers: what takes most of the room in real pods and is no
// rule's business. Who writes a rule that reads one of them takes it from here.
constexpr std::array<std::string_view, 5> unread_keys{
    "\"managedFields\"",
    "\"env\"",
    "\"envFrom\"",
    "\"volumeMounts\"",
    "\"tolerations\""};

constexpr auto depth_change = [] {
    std::array<std::int8_t, 256> change{};
    change['['] = change['{'] = 1;
    change[']'] = change['}'] = -1;
    return change;
}();

/// What simdjson's first stage found: where in the text each bracket, colon, comma, string and other
/// value begins.
class token_list {
  public:
    token_list(const char* text, std::span<const std::uint32_t> tokens)
        : text_(text), tokens_(tokens) {}

    [[nodiscard]] std::size_t size() const { return tokens_.size(); }
    [[nodiscard]] char first_of(std::size_t token) const { return text_[tokens_[token]]; }

    /// The bracket that opens an array nobody reads, at or behind `from`; size() where there is none.
    [[nodiscard]] std::size_t next_unread(std::size_t from) const {
        for (std::size_t at = from; at < size(); ++at) {
            if (first_of(at) == '[' && at >= 2 && first_of(at - 1) == ':'
                && is_unread_key(at - 2)) {
                return at;
            }
        }
        return size();
    }

    /// The bracket that closes what `opening` opens, of whatever kind; size() where there is none.
    [[nodiscard]] std::size_t closing(std::size_t opening) const {
        int depth = 0;
        for (std::size_t at = opening; at < size(); ++at) {
            depth += depth_change[static_cast<unsigned char>(first_of(at))];
            if (depth == 0) {
                return at;
            }
        }
        return size();
    }

  private:
    [[nodiscard]] bool is_unread_key(std::size_t token) const {
        const char* const text = text_ + tokens_[token]; // padded, so looking too far is safe
        return std::ranges::any_of(unread_keys, [text](std::string_view key) {
            return std::memcmp(text, key.data(), key.size()) == 0;
        });
    }

    const char* text_;
    std::span<const std::uint32_t> tokens_;
};

/// Takes what stands in unread arrays out of the list that the second stage will follow.
void drop_unread(const char* text, simdjson::internal::dom_parser_implementation& stages) {
    constexpr std::size_t sentinels = 3; // behind the last token, for the second stage
    std::uint32_t* const tokens = stages.structural_indexes.get();
    const token_list all(text, {tokens, stages.n_structural_indexes});
    std::size_t from = 0;
    std::size_t kept = 0;
    const auto keep = [&](std::size_t end) {
        if (kept != from) {
            std::copy(tokens + from, tokens + end, tokens + kept);
        }
        kept += end - from;
    };
    for (;;) {
        const std::size_t opening = all.next_unread(from);
        const std::size_t closing = opening == all.size() ? opening : all.closing(opening);
        if (closing == all.size()) {
            break;
        }
        keep(opening + 1);
        from = closing;
    }
    if (from != 0) {
        keep(all.size() + sentinels);
        stages.n_structural_indexes = static_cast<std::uint32_t>(kept - sentinels);
    }
}

} // namespace

simdjson::simdjson_result<simdjson::dom::element> parse_review_json(
    std::span<const char> body,
    simdjson::dom::parser& parser
) {
    using simdjson::SUCCESS;
    if (parser.doc.capacity() < body.size()) {
        if (const auto failure = parser.doc.allocate(parser.capacity()); failure != SUCCESS) {
            return failure;
        }
    }
    auto& stages = *parser.implementation;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(body.data());
    const auto regular = simdjson::stage1_mode::regular;
    if (const auto failure = stages.stage1(bytes, body.size(), regular); failure != SUCCESS) {
        return failure;
    }
    drop_unread(body.data(), stages);
    if (const auto failure = stages.stage2(parser.doc); failure != SUCCESS) {
        return failure;
    }
    return parser.doc.root();
}

} // namespace gatehouse::server
