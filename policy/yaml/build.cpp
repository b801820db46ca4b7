#include "policy/yaml/build.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::policy {
namespace {

class builder {
  public:
    builder(
        std::span<const yaml_event> events,
        const yaml_places& places,
        const yaml_limits& limits
    )
        : events_(events), places_(places), limits_(limits), left_(limits) {}

    built_tree run() {
        built_tree out;
        out.root = node(0, 0).value;
        out.problem = std::move(problem_);
        out.left = left_;
        return out;
    }

  private:
    /// A node and the event behind its last one. After a problem what it holds means nothing.
    struct built {
        yaml_node value;
        std::size_t next = 0;
    };

    built node(std::size_t index, std::size_t depth) {
        const yaml_event& event = events_[index];
        built out;
        out.next = index + 1;
        if (!spend(event, depth)) {
            return out;
        }
        out.value.at = places_.at(event.offset);
        switch (event.what) {
        case yaml_event::type::alias:
            // The alias is where the user reads it; what is inside keeps the place of its text.
            out.value = std::move(node(event.target, depth).value);
            out.value.at = places_.at(event.offset);
            if (problem_) {
                problem_->at = out.value.at;
            }
            return out;
        case yaml_event::type::scalar:
            out.value.kind = yaml_kind::scalar;
            out.value.scalar = event.scalar;
            out.value.plain = event.plain;
            break;
        case yaml_event::type::sequence:
            out.value.kind = yaml_kind::sequence;
            out.next = sequence(out.value, index + 1, depth + 1);
            break;
        case yaml_event::type::mapping:
            out.value.kind = yaml_kind::mapping;
            out.next = mapping(out.value, index + 1, depth + 1);
            break;
        case yaml_event::type::empty:
        case yaml_event::type::end:
            break;
        }
        out.value.tag = event.tag;
        return out;
    }

    std::size_t sequence(yaml_node& to, std::size_t index, std::size_t depth) {
        while (!problem_ && events_[index].what != yaml_event::type::end) {
            built item = node(index, depth);
            to.items.push_back(std::move(item.value));
            index = item.next;
        }
        return index + 1;
    }

    std::size_t mapping(yaml_node& to, std::size_t index, std::size_t depth) {
        while (!problem_ && events_[index].what != yaml_event::type::end) {
            built key = node(index, depth);
            if (problem_) {
                break;
            }
            const yaml_event& value_event = events_[key.next];
            if (value_event.what == yaml_event::type::empty
                && value_event.offset == events_[index].offset) {
                // yaml-cpp lets a last line without a colon pass as a key.
                fail(value_event.offset, "expected a `:` behind this");
                break;
            }
            built value = node(key.next, depth);
            if (value.value.kind == yaml_kind::null) {
                value.value.at = key.value.at; // what is not there is told where its field is
            }
            to.entries.emplace_back(std::move(key.value), std::move(value.value));
            index = value.next;
        }
        return index + 1;
    }

    bool spend(const yaml_event& event, std::size_t depth) {
        if (problem_) {
            return false;
        }
        const std::size_t text = event.scalar.size() + event.tag.size();
        if (depth > limits_.depth) {
            fail(event.offset, fmt::format("nested more than {} levels deep", limits_.depth));
        } else if (left_.nodes == 0) {
            fail(event.offset, "there are too many nodes; an alias counts as what it names");
        } else if (left_.text < text) {
            fail(event.offset, "there is too much text; an alias counts as what it names");
        } else {
            --left_.nodes;
            left_.text -= text;
        }
        return !problem_;
    }

    void fail(std::size_t offset, std::string message) {
        problem_ = yaml_problem{places_.at(offset), std::move(message)};
    }

    std::span<const yaml_event> events_;
    const yaml_places& places_;
    const yaml_limits& limits_;
    yaml_limits left_;
    std::optional<yaml_problem> problem_;
};

} // namespace

built_tree build_tree(
    std::span<const yaml_event> events,
    const yaml_places& places,
    const yaml_limits& limits
) {
    return builder(events, places, limits).run();
}

} // namespace gatehouse::policy
