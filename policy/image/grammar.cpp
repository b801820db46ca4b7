#include "policy/image/grammar.h"

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

enum character : std::uint8_t { other, lower_or_digit, upper, dot, underscore, dash };
constexpr std::size_t characters = 6;

using state = std::uint8_t;
using states = std::uint8_t; // a bit each
constexpr state dead = 7;

struct automaton {
    // [state][character]; state 0 is the start, state 1 the only accepting one
    std::array<std::array<state, characters>, 6> next;
};
constexpr state accepting = 1;

// 2: after a dot, 3: after one underscore, 4: after two, 5: after dashes
constexpr automaton segment = {{{
    {dead, 1, dead, dead, dead, dead},
    {dead, 1, dead, 2, 3, 5},
    {dead, 1, dead, dead, dead, dead},
    {dead, 1, dead, dead, 4, dead},
    {dead, 1, dead, dead, dead, dead},
    {dead, 1, dead, dead, dead, 5},
}}};

// 2: after a dash
constexpr automaton label = {{{
    {dead, 1, 1, dead, dead, dead},
    {dead, 1, 1, dead, dead, 2},
    {dead, 1, 1, dead, dead, 2},
    {dead, dead, dead, dead, dead, dead},
    {dead, dead, dead, dead, dead, dead},
    {dead, dead, dead, dead, dead, dead},
}}};

constexpr automaton tag = {{{
    {dead, 1, 1, dead, 1, dead},
    {dead, 1, 1, 1, 1, 1},
    {dead, dead, dead, dead, dead, dead},
    {dead, dead, dead, dead, dead, dead},
    {dead, dead, dead, dead, dead, dead},
    {dead, dead, dead, dead, dead, dead},
}}};

constexpr std::array<std::uint8_t, 256> make_characters() {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 'a'; c <= 'z'; ++c) {
        table[c] = lower_or_digit;
    }
    for (unsigned c = '0'; c <= '9'; ++c) {
        table[c] = lower_or_digit;
    }
    for (unsigned c = 'A'; c <= 'Z'; ++c) {
        table[c] = upper;
    }
    table['.'] = dot;
    table['_'] = underscore;
    table['-'] = dash;
    return table;
}

constexpr std::array<std::uint8_t, 256> character_of = make_characters();

constexpr const automaton& automaton_of(image_part part) {
    switch (part) {
    case image_part::segment:
        return segment;
    case image_part::label:
        return label;
    case image_part::tag:
        return tag;
    }
    return segment;
}

constexpr states bit(state s) { return static_cast<states>(1U << s); }

states step(const automaton& in, states from, std::uint8_t by) {
    states to = 0;
    for (state s = 0; s < in.next.size(); ++s) {
        if ((from & bit(s)) != 0 && in.next[s][by] != dead) {
            to |= bit(in.next[s][by]);
        }
    }
    return to;
}

/// All states that any run of characters leads to from one of `from`.
states reachable(const automaton& in, states from) {
    for (;;) {
        states to = from;
        for (std::uint8_t c = 0; c < characters; ++c) {
            to |= step(in, from, c);
        }
        if (to == from) {
            return from;
        }
        from = to;
    }
}

} // namespace

bool is_valid(image_part part, std::string_view text) noexcept {
    const automaton& in = automaton_of(part);
    state at = 0;
    for (const char c : text) {
        at = in.next[at][character_of[static_cast<unsigned char>(c)]];
        if (at == dead) {
            return false;
        }
    }
    return at == accepting;
}

bool can_match(image_part part, std::string_view glob) noexcept {
    const automaton& in = automaton_of(part);
    states at = bit(0);
    for (const char c : glob) {
        at = c == '*' ? reachable(in, at)
                      : step(in, at, character_of[static_cast<unsigned char>(c)]);
    }
    return (at & bit(accepting)) != 0;
}

bool has_upper(std::string_view text) noexcept { return std::ranges::any_of(text, is_upper); }

} // namespace gatehouse::policy
