#include "policy/migrate/constraint.h"

#include "policy/arena.h"
#include "policy/error.h"
#include "policy/pod/json_reader.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace gatehouse::policy {
namespace {

using simdjson::dom::element;

class constraint_reader {
  public:
    explicit constraint_reader(std::string kind) { out_.kind = std::move(kind); }

    result<gatekeeper_constraint> read(element root) && {
        reader_.fields(
            root,
            json_path{nullptr, ""},
            [this](std::string_view key, element value, const json_path& at) {
                if (key == "metadata") {
                    read_metadata(value, at);
                } else if (key == "spec") {
                    read_spec(value, at);
                }
            }
        );
        if (reader_.failed()) {
            const decode_error& failure = reader_.error();
            return error(errc::malformed, fmt::format("{}: {}", failure.field, failure.problem));
        }
        return std::move(out_);
    }

  private:
    std::string text(element value, const json_path& at) {
        return std::string(reader_.text(value, at).value_or(""));
    }

    std::vector<std::string> texts(element value, const json_path& at) {
        const list<std::string_view> found = reader_.texts(value, at);
        return {found.begin(), found.end()};
    }

    /// A list of objects, each read by `make`.
    template <class T, class Make>
    std::vector<T> objects(element value, const json_path& at, Make&& make) {
        std::vector<T> out;
        // The reader's own lists live in an arena and hold plain values; this one counts alone.
        [[maybe_unused]] const list<bool> all =
            reader_.items<bool>(value, at, [&](element item, const json_path& where) {
                out.push_back(make(item, where));
                return true;
            });
        return out;
    }

    void leave(element value, const json_path& at) {
        const bool says_nothing =
            value.is_null() || (value.is_object() && value.get_object().value_unsafe().size() == 0)
            || (value.is_array() && value.get_array().value_unsafe().size() == 0)
            || (value.is_string() && value.get_string().value_unsafe().empty());
        if (!says_nothing) {
            out_.unread.push_back(at.text());
        }
    }

    void read_metadata(element metadata, const json_path& at) {
        reader_.fields(
            metadata,
            at,
            [this](std::string_view key, element value, const json_path& where) {
                if (key == "name") {
                    out_.name = text(value, where);
                }
            }
        );
    }

    void read_spec(element spec, const json_path& at) {
        reader_
            .fields(spec, at, [this](std::string_view key, element value, const json_path& where) {
                if (key == "enforcementAction") {
                    out_.enforcement_action = text(value, where);
                } else if (key == "scopedEnforcementActions") {
                    read_scoped(value, where);
                } else if (key == "match") {
                    read_match(value, where);
                } else if (key == "parameters") {
                    read_parameters(value, where);
                } else {
                    leave(value, where);
                }
            });
    }

    void read_scoped(element actions, const json_path& at) {
        const auto point = [this](element item, const json_path& where) {
            std::string name;
            reader_.fields(
                item,
                where,
                [&](std::string_view key, element value, const json_path& inner) {
                    name = key == "name" ? text(value, inner) : name;
                }
            );
            return name;
        };
        out_.scoped_actions =
            objects<scoped_action>(actions, at, [&](element item, const json_path& where) {
                scoped_action one;
                reader_.fields(
                    item,
                    where,
                    [&](std::string_view key, element value, const json_path& inner) {
                        if (key == "action") {
                            one.action = text(value, inner);
                        } else if (key == "enforcementPoints") {
                            one.points = objects<std::string>(value, inner, point);
                        }
                    }
                );
                return one;
            });
    }

    void read_match(element match, const json_path& at) {
        reader_
            .fields(match, at, [this](std::string_view key, element value, const json_path& where) {
                if (key == "kinds") {
                    read_kinds(value, where);
                } else if (key == "namespaces") {
                    out_.namespaces = texts(value, where);
                } else if (key == "excludedNamespaces") {
                    out_.excluded_namespaces = texts(value, where);
                } else if (key == "scope") {
                    out_.scope = text(value, where);
                } else {
                    leave(value, where);
                }
            });
    }

    void read_kinds(element kinds, const json_path& at) {
        auto found =
            objects<constraint_kinds>(kinds, at, [this](element item, const json_path& where) {
                constraint_kinds one;
                reader_.fields(
                    item,
                    where,
                    [&](std::string_view key, element value, const json_path& inner) {
                        if (key == "apiGroups") {
                            one.api_groups = texts(value, inner);
                        } else if (key == "kinds") {
                            one.kinds = texts(value, inner);
                        }
                    }
                );
                return one;
            });
        if (!found.empty()) {
            out_.kinds = std::move(found);
        }
    }

    void read_parameters(element parameters, const json_path& at) {
        reader_.fields(
            parameters,
            at,
            [this](std::string_view key, element value, const json_path& where) {
                if (std::vector<std::string>* const texts_of = texts_named(key)) {
                    *texts_of = texts(value, where);
                } else if (std::optional<constraint_ids>* const ids = ids_named(key)) {
                    read_ids(*ids, value, where);
                } else {
                    leave(value, where);
                }
            }
        );
    }

    /// Where a list of the parameters goes; null where this kind of constraint has no such list.
    std::vector<std::string>* texts_named(std::string_view key) {
        const std::string_view kind = out_.kind;
        if (key == "exemptImages" && !kind.starts_with("K8sAllowedRepos")) {
            return &out_.exempt_images;
        }
        if (key == "repos" && kind == "K8sAllowedRepos") {
            return &out_.repos;
        }
        if (key == "allowedImages" && kind == "K8sAllowedReposv2") {
            return &out_.allowed_images;
        }
        return key == "tags" && kind == "K8sDisallowedTags" ? &out_.tags : nullptr;
    }

    std::optional<constraint_ids>* ids_named(std::string_view key) {
        if (out_.kind != "K8sPSPAllowedUsers") {
            return nullptr;
        }
        if (key == "runAsUser") {
            return &out_.run_as_user;
        }
        if (key == "runAsGroup") {
            return &out_.run_as_group;
        }
        if (key == "fsGroup") {
            return &out_.fs_group;
        }
        return key == "supplementalGroups" ? &out_.supplemental_groups : nullptr;
    }

    void read_ids(std::optional<constraint_ids>& to, element ids, const json_path& at) {
        if (ids.is_null()) {
            return;
        }
        to.emplace();
        reader_.fields(ids, at, [&](std::string_view key, element value, const json_path& where) {
            if (key == "rule") {
                to->rule = text(value, where);
            } else if (key == "ranges") {
                to->ranges =
                    objects<id_range>(value, where, [this](element item, const json_path& inner) {
                        return range(item, inner);
                    });
            } else {
                leave(value, where);
            }
        });
    }

    id_range range(element item, const json_path& at) {
        id_range out;
        reader_.fields(item, at, [&](std::string_view key, element value, const json_path& where) {
            if (key == "min") {
                out.min = reader_.integer(value, where).value_or(0);
            } else if (key == "max") {
                out.max = reader_.integer(value, where).value_or(0);
            }
        });
        return out;
    }

    arena memory_;
    json_reader reader_{memory_};
    gatekeeper_constraint out_;
};

} // namespace

result<gatekeeper_constraint> read_constraint(std::string kind, element root) {
    return constraint_reader(std::move(kind)).read(root);
}

} // namespace gatehouse::policy
