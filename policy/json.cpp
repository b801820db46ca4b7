#include "policy/json.h"

#include "policy/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vector>

namespace gatehouse::policy {
namespace {

using nlohmann::json;

constexpr std::size_t most_levels = 100;
// One value takes a hundred bytes where it is dearest (an empty object): 25 MB for the whole text.
constexpr std::size_t most_values = 250'000;
constexpr std::size_t longest_key = 80;

/// Builds a value from the library's events and stops at the first thing that we refuse.
class strict_builder {
  public:
    json root;
    std::string problem;

    bool null() { return add(nullptr) != nullptr; }
    bool boolean(bool value) { return add(value) != nullptr; }
    bool number_integer(json::number_integer_t value) { return add(value) != nullptr; }
    bool number_unsigned(json::number_unsigned_t value) { return add(value) != nullptr; }
    bool number_float(json::number_float_t value, const std::string& /*text*/) {
        return add(value) != nullptr;
    }
    bool string(std::string& value) { return add(std::move(value)) != nullptr; }
    bool binary(json::binary_t& /*value*/) { return refuse("is not JSON"); }

    bool start_object(std::size_t /*size*/) { return open(json::object()); }
    bool key(std::string& name) {
        if (open_.back()->contains(name)) {
            return refuse("has " + policy::quoted(name, longest_key) + " twice");
        }
        slot_ = &(*open_.back())[name];
        return true;
    }
    bool end_object() { return close(); }
    bool start_array(std::size_t /*size*/) { return open(json::array()); }
    bool end_array() { return close(); }

    bool parse_error(std::size_t at, const std::string& /*token*/, const json::exception& /*why*/) {
        return refuse(fmt::format("is not JSON (byte {})", at));
    }

  private:
    bool refuse(std::string why) {
        problem = std::move(why);
        return false;
    }

    /// Where the value now stands; null where there are too many.
    json* add(json value) {
        if (++values_ > most_values) {
            refuse(fmt::format("has more than {} values", most_values));
            return nullptr;
        }
        if (open_.empty()) {
            root = std::move(value);
            return &root;
        }
        if (open_.back()->is_array()) {
            open_.back()->push_back(std::move(value));
            return &open_.back()->back();
        }
        *slot_ = std::move(value);
        return slot_;
    }

    bool open(json value) {
        if (open_.size() == most_levels) {
            return refuse(fmt::format("has more than {} levels", most_levels));
        }
        json* const at = add(std::move(value));
        if (at == nullptr) {
            return false;
        }
        open_.push_back(at);
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    // Only the last of them grows, so the others stay where they are.
    std::vector<json*> open_;
    json* slot_ = nullptr; ///< of the member whose key came last
    std::size_t values_ = 0;
};

} // namespace

result<json> parse_json(std::string_view text) {
    // The library skips the first and takes the second for the end of the text.
    if (text.starts_with("\xef\xbb\xbf")) {
        return error(errc::malformed, "starts with a byte order mark");
    }
    if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
        return error(errc::malformed, fmt::format("is not JSON (byte {})", nul + 1));
    }
    strict_builder builder;
    if (!json::sax_parse(text.begin(), text.end(), &builder)) {
        return error(errc::malformed, std::move(builder.problem));
    }
    return std::move(builder.root);
}

const json* member_of(const json& value, std::string_view name) {
    if (!value.is_object()) {
        return nullptr;
    }
    const auto found = value.find(name);
    return found == value.end() || found->is_null() ? nullptr : &*found;
}

const std::string* text_member(const json& value, std::string_view name) {
    const json* const found = member_of(value, name);
    return found == nullptr ? nullptr : found->get_ptr<const std::string*>();
}

} // namespace gatehouse::policy
