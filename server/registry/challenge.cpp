#include "server/registry/challenge.h"

#include "policy/text.h"
#include "server/http_message.h"

#include <algorithm>
#include <optional>

namespace gatehouse::server {
namespace {

constexpr std::size_t longest_value = std::size_t{16} << 10;
constexpr std::size_t most_challenges = 16;
constexpr std::size_t most_parameters = 32;
constexpr std::size_t most_scopes = 4;

class reader {
  public:
    explicit reader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] char front() const { return rest_.empty() ? '\0' : rest_.front(); }

    bool take(char c) {
        if (front() != c || rest_.empty()) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    void skip_spaces() {
        while (front() == ' ' || front() == '\t') {
            rest_.remove_prefix(1);
        }
    }
    /// Empty list elements are allowed: ", ,".
    void skip_separators() {
        do {
            skip_spaces();
        } while (take(','));
    }
    std::string_view token() {
        std::size_t size = 0;
        while (size < rest_.size() && is_http_token_character(rest_[size])) {
            ++size;
        }
        const std::string_view found = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return found;
    }
    std::optional<std::string> quoted_string() {
        std::string text;
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            if (rest_[at] == '"') {
                rest_.remove_prefix(at + 1);
                return text;
            }
            if (rest_[at] == '\\' && ++at == rest_.size()) {
                break;
            }
            text += rest_[at];
        }
        return std::nullopt;
    }
    /// Unquoted: up to the next separator, since registries put URLs there without quotes.
    std::string bare_value() {
        const std::size_t size = std::min(rest_.find_first_of(", \t"), rest_.size());
        std::string text(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return text;
    }

  private:
    std::string_view rest_;
};

/// "name = value" behind a name that was read. False: not well formed.
bool read_parameter(reader& from, std::string_view name, challenge& to) {
    from.skip_spaces();
    std::optional<std::string> value;
    if (from.front() == '"') {
        value = from.quoted_string();
    } else {
        value = from.bare_value();
    }
    if (!value || to.parameters.size() == most_parameters) {
        return false;
    }
    to.parameters.emplace_back(policy::lower(name), std::move(*value));
    return true;
}

} // namespace

std::string_view challenge::parameter(std::string_view name) const noexcept {
    const auto at =
        std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
    return at == parameters.end() ? std::string_view() : std::string_view(at->second);
}

std::vector<challenge> parse_challenges(std::string_view value) {
    std::vector<challenge> found;
    if (value.size() > longest_value) {
        return found;
    }
    reader from(value);
    for (from.skip_separators(); !from.at_end(); from.skip_separators()) {
        const std::string_view word = from.token();
        if (word.empty()) {
            return found;
        }
        from.skip_spaces();
        if (from.take('=')) {
            if (found.empty() || !read_parameter(from, word, found.back())) {
                return found;
            }
            continue;
        }
        if (found.size() == most_challenges) {
            return found;
        }
        found.push_back({policy::lower(word), {}});
    }
    return found;
}

std::vector<std::string> pull_scopes(std::string_view challenged, std::string_view repository) {
    constexpr std::string_view kind = "repository:";
    std::vector<std::string> scopes;
    while (!challenged.empty() && scopes.size() < most_scopes) {
        const std::size_t end = std::min(challenged.find(' '), challenged.size());
        const std::string_view scope = challenged.substr(0, end);
        challenged.remove_prefix(std::min(end + 1, challenged.size()));
        const std::size_t action = scope.rfind(':');
        if (scope.starts_with(kind) && action > kind.size() && action != std::string_view::npos) {
            scopes.push_back(std::string(scope.substr(0, action)) + ":pull");
        }
    }
    if (scopes.empty()) {
        scopes.push_back(std::string(kind) + std::string(repository) + ":pull");
    }
    return scopes;
}

} // namespace gatehouse::server
