#pragma once
// Every field of an AdmissionPolicy in one table (interface 2), and of a ServerConfiguration in
// another (interface 3): its name, type, words, limits and what it is for. The parser checks documents against it (check.h), the decoders find their fields
// by it (section.h), and json_schema.h writes it down for editors, so the three cannot disagree.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

enum class value_kind : std::uint8_t {
    text,     ///< of a text_form
    word,     ///< one of `words`
    boolean,  ///< exactly true or false
    integer,  ///< decimal digits, minimum..maximum
    size,     ///< of bytes, as "64Mi"; minimum..maximum
    duration, ///< of seconds, as "90s"; minimum..maximum
    object,   ///< of `fields`
    list,     ///< of `item`
    map,      ///< from names of the user's choice to `item`
    ignored,  ///< accepted, never looked at
};

/// What a text must look like; forms.h tells what is wrong with one.
enum class text_form : std::uint8_t {
    any,
    policy_name,
    item_name, ///< of an exemption, a signatures entry, an authority
    reason,
    last_day,
    pod_security_version,
    namespace_glob,
    excluded_namespace_glob,
    account_glob,
    excluded_user_glob,
    excluded_group_glob,
    image_pattern,
    tag_glob,
    absolute_path,
    repository_name,
    registry_host,
    mirror_url,
    proxy_url,
    no_proxy_entry,
};

struct schema_word {
    std::string_view name;
    bool supported = true; ///< false: refused as "not supported yet"
};

struct schema_field;

struct schema_value {
    value_kind kind = value_kind::ignored;
    text_form form = text_form::any;
    std::vector<schema_word> words = {};
    std::vector<schema_field> fields;    // no initializer: clang wants the type complete for one
    std::vector<schema_value> item = {}; ///< exactly one, of a list or map
    std::size_t least_items = 0;
    std::size_t most_items = 0;
    std::size_t most_characters = 0;
    std::int64_t minimum = 0;
    std::int64_t maximum = 0;
};

struct schema_field {
    std::string_view name;
    std::string_view description; ///< for people who hover over it in their editor
    schema_value value;
    bool required = false;
    bool supported = true;           ///< false: refused as "not supported yet"
    std::string_view absent_as = {}; ///< the value that holds where the field is absent
};

inline constexpr std::size_t most_policies = 1024;

/// A document as a whole: an object. Lives as long as the program.
[[nodiscard]] const schema_value& policy_schema();
[[nodiscard]] const schema_value& configuration_schema();

/// The field of an object, or nullptr.
[[nodiscard]] const schema_field* field_named(const schema_value& object, std::string_view name);

} // namespace gatehouse::policy
