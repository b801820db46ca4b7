#pragma once
// An object of a policy as decoders read it: fields by name, values only where check.h has nothing
// against them. What is absent or already reported comes back as nothing, so that decoders judge
// what is left and every error is told in one go.

#include "policy/document/diagnostics.h"
#include "policy/document/schema.h"
#include "policy/yaml/tree.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::policy {

/// What the sections of one document share.
struct decode_context {
    diagnostics& to;
    /// Values that were passed over; each has been reported, or the parser has a fault.
    std::size_t passed_over = 0;
};

class section {
  public:
    /// A text of a list and where it stands.
    struct text_item {
        std::string text;
        position at;
        std::string path;
    };

    /// Requires: the node is a mapping, and the schema an object. All arguments outlive the section.
    section(
        const yaml_node& node,
        const schema_value& schema,
        std::string path,
        decode_context& context
    );

    [[nodiscard]] bool has(std::string_view field) const;
    [[nodiscard]] std::optional<section> object(std::string_view field) const;
    [[nodiscard]] std::vector<section> objects(std::string_view field) const;
    [[nodiscard]] std::optional<std::string> text(std::string_view field) const;
    [[nodiscard]] std::vector<text_item> texts(std::string_view field) const;
    [[nodiscard]] std::optional<bool> boolean(std::string_view field) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view field) const;
    [[nodiscard]] std::optional<std::int64_t> bytes(std::string_view field) const;
    [[nodiscard]] std::optional<std::chrono::seconds> duration(std::string_view field) const;
    /// Of a map, in the order of the text.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> named_texts(
        std::string_view field
    ) const;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] const std::string& source() const noexcept { return context_->to.source(); }
    [[nodiscard]] position at() const noexcept { return node_->at; }
    /// Requires: has(field).
    [[nodiscard]] position value_at(std::string_view field) const;

    /// About the section as a whole, for what it lacks.
    void error(std::string message) const;
    /// About a field's value, or about its name where it should not be there at all.
    void error_at(std::string_view field, std::string message) const;
    void error_at(const text_item& about, std::string message) const;
    void error_at_name(std::string_view field, std::string message) const;
    /// About a field that is not there.
    void missing(std::string_view field, std::string message) const;
    void warning(const text_item& about, std::string message) const;

  private:
    struct found {
        const yaml_node* name = nullptr;
        const yaml_node* value = nullptr;
        const schema_field* field = nullptr;
    };

    /// The field where it is written, first of all where it is given twice.
    [[nodiscard]] found find(std::string_view field) const;
    /// The same, with a value that may be read; else nothing.
    [[nodiscard]] found find_good(std::string_view field) const;
    [[nodiscard]] bool is_good(const yaml_node& node, const schema_value& wanted) const;

    const yaml_node* node_;
    const schema_value* schema_;
    std::string path_;
    decode_context* context_;
};

} // namespace gatehouse::policy
