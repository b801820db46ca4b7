#include "server/packed_facts.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace gatehouse::server {
namespace {

using policy::signature_candidate;
using policy::verified_signature;

class writer {
  public:
    void number(std::size_t value) {
        for (; value >= 0x80; value >>= 7) {
            out_ += static_cast<char>(0x80 | (value & 0x7f));
        }
        out_ += static_cast<char>(value);
    }
    template <class Enum>
    void one_of(Enum value) {
        out_ += static_cast<char>(value);
    }
    void text(std::string_view value) {
        number(value.size());
        out_ += value;
    }
    [[nodiscard]] std::string take() {
        out_.shrink_to_fit();
        return std::move(out_);
    }

  private:
    std::string out_;
};

/// Throws std::out_of_range behind the end.
class reader {
  public:
    explicit reader(std::string_view from) : from_(from) {}

    std::size_t number() {
        std::size_t value = 0;
        unsigned shift = 0;
        for (;; shift += 7) {
            const auto byte = static_cast<unsigned char>(bytes(1).front());
            value |= static_cast<std::size_t>(byte & 0x7fU) << shift;
            if (byte < 0x80) {
                return value;
            }
        }
    }
    template <class Enum>
    Enum one_of() {
        return static_cast<Enum>(bytes(1).front());
    }
    std::string text() {
        const std::size_t size = number();
        return std::string(bytes(size));
    }

  private:
    std::string_view bytes(std::size_t count) {
        if (count > from_.size()) {
            throw std::out_of_range("packed facts end early");
        }
        const std::string_view taken = from_.substr(0, count);
        from_.remove_prefix(count);
        return taken;
    }

    std::string_view from_;
};

void write(const verified_signature& one, writer& to) {
    to.one_of(one.hash);
    to.one_of(one.type);
    to.one_of(one.store);
    to.text(one.identity);
    to.number(one.annotations.size());
    for (const auto& [name, value] : one.annotations) {
        to.text(name);
        to.text(value);
    }
    to.text(one.where);
}

verified_signature read_verified(
    reader& from,
    const std::string& key,
    const policy::digest& image
) {
    verified_signature one{
        .subject = image, .key = key, .identity = {}, .annotations = {}, .where = {}};
    one.hash = from.one_of<policy::hash_algorithm>();
    one.type = from.one_of<policy::statement_type>();
    one.store = from.one_of<policy::signature_store>();
    one.identity = from.text();
    for (std::size_t left = from.number(); left > 0; --left) {
        std::string name = from.text();
        one.annotations.emplace(std::move(name), from.text());
    }
    one.where = from.text();
    return one;
}

auto fields_of(const verified_signature& one) {
    return std::tie(
        one.subject,
        one.key,
        one.hash,
        one.type,
        one.store,
        one.identity,
        one.annotations,
        one.where
    );
}

} // namespace

bool key_facts::operator==(const key_facts& other) const {
    return std::ranges::equal(verified, other.verified, {}, fields_of, fields_of)
           && defects == other.defects;
}

std::string packed(const std::vector<signature_candidate>& all) {
    writer to;
    to.number(all.size());
    for (const signature_candidate& one : all) {
        to.one_of(one.store);
        to.one_of(one.format);
        to.text(one.content);
        to.text(one.signature);
        to.text(one.where);
        to.text(one.problem);
    }
    return to.take();
}

std::vector<signature_candidate> unpacked_candidates(std::string_view from) {
    reader in(from);
    std::vector<signature_candidate> all(in.number());
    for (signature_candidate& one : all) {
        one.store = in.one_of<policy::signature_store>();
        one.format = in.one_of<policy::signature_format>();
        one.content = in.text();
        one.signature = in.text();
        one.where = in.text();
        one.problem = in.text();
    }
    return all;
}

std::string packed(const facts_by_key& all) {
    writer to;
    to.number(all.size());
    for (const auto& [key, facts] : all) {
        to.text(key);
        to.number(facts.verified.size());
        for (const verified_signature& one : facts.verified) {
            write(one, to);
        }
        to.number(facts.defects.size());
        for (const std::string& one : facts.defects) {
            to.text(one);
        }
    }
    return to.take();
}

facts_by_key unpacked_facts(std::string_view from, const policy::digest& image) {
    facts_by_key all;
    reader in(from);
    for (std::size_t left = in.number(); left > 0; --left) {
        const std::string key = in.text();
        std::vector<verified_signature> verified;
        for (std::size_t more = in.number(); more > 0; --more) {
            verified.push_back(read_verified(in, key, image));
        }
        std::vector<std::string> defects;
        for (std::size_t more = in.number(); more > 0; --more) {
            defects.push_back(in.text());
        }
        all.emplace_hint(all.end(), key, key_facts{std::move(verified), std::move(defects)});
    }
    return all;
}

} // namespace gatehouse::server
