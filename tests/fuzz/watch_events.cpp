// The stream of a Kubernetes watch: however it is cut, the same events come of it, each whole and bounded.
#include "server/kube/events.h"
#include "server/kube/lease.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>
#include <optional>

namespace gatehouse::fuzzing {
namespace {

/// The events in pieces of that size; nothing where the stream is refused.
std::optional<std::vector<server::watch_event>> read(std::string_view input, std::size_t size) {
    server::event_decoder decoder;
    std::vector<server::watch_event> all;
    while (!input.empty()) {
        const std::string_view piece = input.substr(0, size);
        input.remove_prefix(piece.size());
        auto some = decoder.feed({piece.data(), piece.size()});
        if (!some) {
            require_message(some.error().detail(), 400);
            return std::nullopt;
        }
        for (server::watch_event& one : some.value()) {
            all.push_back(std::move(one));
        }
        require(
            decoder.pending() <= server::event_decoder::longest_event, "what is kept is bounded"
        );
    }
    return all;
}

} // namespace

void fuzz_watch_events(std::string_view input) {
    const auto whole = read(input, input.size());
    const auto cut = read(input, 1 + input.size() % 7);
    require(whole.has_value() == cut.has_value(), "cuts change nothing");
    if (!whole) {
        return;
    }
    require(whole->size() == cut->size(), "cuts change no event");
    for (std::size_t i = 0; i < whole->size(); ++i) {
        const server::watch_event& one = (*whole)[i];
        require(
            one.type == (*cut)[i].type && one.object == (*cut)[i].object, "events are the same"
        );
        require(one.object.is_object(), "an event has an object");
        const std::string version = server::resource_version_of(one.object);
        require(
            one.type == server::watch_event_type::error || !version.empty(),
            "an object has a version"
        );
        require(version.size() <= 64, "a version is bounded");
        const server::lease_record lease = server::record_of(one.object);
        require(lease.holder.size() <= 256, "a holder is bounded");
        require(lease.duration.count() >= 0 && lease.duration.count() <= 3600, "a claim ends");
    }
}

} // namespace gatehouse::fuzzing
