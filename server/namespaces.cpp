#include "server/namespaces.h"

#include "policy/arena.h"
#include "policy/error.h"
#include "policy/pod/json_reader.h"
#include "policy/text.h"

#include <fmt/format.h>

#include <string_view>

namespace gatehouse::server {
namespace {

using policy::json_path;
using simdjson::dom::element;

/// A DNS label (RFC 1123): the only names that namespaces can have.
bool is_dns_label(std::string_view name) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return !name.empty() && name.size() <= 63
           && name.find_first_not_of(allowed) == std::string_view::npos && name.front() != '-'
           && name.back() != '-';
}

class namespace_reader {
  public:
    policy::result<manifest_namespace> read(element root) {
        reader_.fields(
            root,
            json_path{nullptr, ""},
            [&](std::string_view key, element value, const json_path& at) {
                if (key == "metadata") {
                    read_metadata(value, at);
                }
            }
        );
        if (!reader_.failed() && !is_dns_label(out_.name)) {
            const json_path metadata{nullptr, "metadata"};
            reader_.fail(
                metadata.field("name"),
                fmt::format("{} is no name of a namespace", policy::quoted(out_.name))
            );
        }
        if (reader_.failed()) {
            return policy::error(
                policy::errc::malformed,
                fmt::format("{}: {}", reader_.error().field, reader_.error().problem)
            );
        }
        return std::move(out_);
    }

  private:
    void read_metadata(element metadata, const json_path& at) {
        reader_
            .fields(metadata, at, [&](std::string_view key, element value, const json_path& where) {
                if (key == "name") {
                    out_.name = reader_.text(value, where).value_or("");
                } else if (key == "labels") {
                    read_labels(value, where);
                }
            });
    }

    void read_labels(element labels, const json_path& at) {
        reader_
            .fields(labels, at, [&](std::string_view key, element value, const json_path& where) {
                // Only text is a label; null is the empty text, as it is for the API server.
                const auto text = reader_.text(value, where);
                out_.labels.push_back({std::string(key), std::string(text.value_or(""))});
            });
    }

    policy::arena memory_;
    policy::json_reader reader_{memory_};
    manifest_namespace out_;
};

} // namespace

bool is_namespace(const manifest_object& object) noexcept {
    return object.kind == "Namespace" && object.api_version == "v1";
}

policy::result<manifest_namespace> read_namespace(const manifest_object& object) {
    simdjson::dom::parser parser;
    element root;
    if (const auto failure = parser.parse(object.json).get(root)) {
        return policy::error(policy::errc::malformed, simdjson::error_message(failure));
    }
    return namespace_reader().read(root);
}

} // namespace gatehouse::server
