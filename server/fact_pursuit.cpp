#include "server/fact_pursuit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

constexpr std::size_t most_defects = 8;

bool has_match(const source_entry& entry, const std::string& key) {
    const auto at = entry.by_key.find(key);
    return at != entry.by_key.end() && !at->second.verified.empty();
}

/// What is known of the keys that were asked for, and of no others.
policy::signature_facts facts_of(
    const source_entry& entry,
    const policy::signature_source& source
) {
    policy::signature_facts facts;
    facts.repository = entry.repository;
    facts.candidates = entry.raw->size();
    for (const auto& key : source.keys) {
        const auto at = entry.by_key.find(key->id());
        if (at == entry.by_key.end()) {
            continue;
        }
        const auto& [verified, defects] = at->second;
        facts.verified.insert(facts.verified.end(), verified.begin(), verified.end());
        for (const std::string& one : defects) {
            if (facts.defects.size() < most_defects
                && std::ranges::find(facts.defects, one) == facts.defects.end()) {
                facts.defects.push_back(one);
            }
        }
    }
    return facts;
}

} // namespace

fact_pursuit::fact_pursuit(
    fact_cache& of,
    std::vector<policy::image_want> wants,
    tick_time deadline
)
    : cache_(of),
      wants_(std::move(wants)),
      begun_(of.with_.time.ticks()),
      deadline_(deadline),
      now_(begun_),
      slots_(wants_.size()) {
    found_.images.resize(wants_.size());
    for (std::size_t i = 0; i < wants_.size(); ++i) {
        found_.images[i].image = wants_[i].image.text();
        slots_[i].sources.resize(wants_[i].sources.size());
        for (const policy::signature_source& source : wants_[i].sources) {
            found_.images[i].sources.emplace_back(source.repository, policy::fetch_failure{});
        }
        if (auto own = policy::digest::parse(wants_[i].image.digest())) {
            found_.images[i].resolved = std::move(own).value();
            slots_[i].tag.is_settled = true;
        }
    }
}

bool fact_pursuit::advance() {
    now_ = cache_.with_.time.ticks();
    is_open_ = is_impatient_ = false;
    for (std::size_t i = 0; i < wants_.size(); ++i) {
        advance_image(i);
    }
    return !is_open_;
}

awaitable<void> fact_pursuit::wait() {
    co_await waiter_->wait(
        is_impatient_ ? std::min(deadline_, begun_ + fact_cache::patience) : deadline_
    );
}

policy::evidence fact_pursuit::take() { return std::move(found_); }

void fact_pursuit::advance_image(std::size_t number) {
    image_slot& slot = slots_[number];
    policy::image_evidence& found = found_.images[number];
    if (!slot.tag.is_settled) {
        if (!slot.tag.entry) {
            slot.tag.entry = cache_.tag_of(wants_[number].image);
        }
        auto& entry = static_cast<tag_entry&>(*slot.tag.entry);
        const standing how = look(slot.tag, entry, nullptr);
        if (how == standing::open) {
            return;
        }
        settle(slot.tag, how);
        if (how == standing::failed) {
            found.resolved = failure_of(entry);
        } else {
            found.resolved = *entry.found;
            if (how == standing::stale) {
                note_age(found, entry.found_at);
            }
        }
    }
    if (const auto* failure = std::get_if<policy::fetch_failure>(&found.resolved)) {
        for (auto& [repository, facts] : found.sources) {
            facts = *failure;
        }
        return;
    }
    for (std::size_t i = 0; i < slot.sources.size(); ++i) {
        if (!slot.sources[i].is_settled) {
            advance_source(number, i);
        }
    }
}

void fact_pursuit::advance_source(std::size_t image, std::size_t number) {
    fact_slot& slot = slots_[image].sources[number];
    policy::image_evidence& found = found_.images[image];
    const policy::signature_source& source = wants_[image].sources[number];
    if (!slot.entry) {
        slot.entry = cache_.source_of(source.repository, std::get<policy::digest>(found.resolved));
    }
    auto& entry = static_cast<source_entry&>(*slot.entry);
    const standing how = look(slot, entry, &source);
    if (how == standing::open) {
        return;
    }
    settle(slot, how);
    if (how == standing::failed) {
        found.sources[number].second = failure_of(entry);
        return;
    }
    found.sources[number].second = facts_of(entry, source);
    if (how == standing::stale) {
        note_age(found, entry.found_at);
    }
}

template <class Entry>
fact_pursuit::standing fact_pursuit::look(
    fact_slot& slot,
    Entry& entry,
    const policy::signature_source* of
) {
    standing how = standing::open;
    bool serves = false;
    bool must_ask = true;
    if constexpr (std::is_same_v<Entry, source_entry>) {
        how = standing_of(entry, *of);
        serves = could_serve(entry, *of);
        must_ask = has_to_ask(entry, *of);
    } else {
        how = standing_of(entry);
        serves = could_serve(entry);
    }
    if (how != standing::open) {
        return how;
    }
    if constexpr (std::is_same_v<Entry, source_entry>) {
        want_keys(entry, of->keys);
    }
    const bool is_out = serves && must_ask && cache_.is_out(entry.host);
    if (!entry.under_way && (!is_out || cache_.may_probe(entry.host))) {
        cache_.begin(slot.entry, deadline_, must_ask);
    }
    if (is_out) {
        return standing::stale;
    }
    if (now_ >= deadline_ || !entry.under_way) {
        return serves ? standing::stale : standing::failed;
    }
    if (serves && now_ - begun_ >= fact_cache::patience) {
        cache_.note_outage(entry.host);
        return standing::stale;
    }
    if (!waiter_) {
        waiter_.emplace(cache_.with_.runs_on);
    }
    waiter_->join(entry.under_way, now_);
    is_open_ = slot.has_waited = true;
    is_impatient_ = is_impatient_ || serves;
    return standing::open;
}

fact_pursuit::standing fact_pursuit::failed_standing(const fact_entry& entry, bool serves) const {
    if (!entry.failure || (now_ >= entry.failure->until && entry.failure->at < begun_)) {
        return standing::open;
    }
    return serves && policy::is_outage(entry.failure->what.cause) ? standing::stale
                                                                  : standing::failed;
}

// What came since this review began is fresh for it whatever the times of the settings say.
fact_pursuit::standing fact_pursuit::standing_of(const tag_entry& entry) const {
    if (entry.found
        && (entry.found_at >= begun_ || now_ - entry.found_at < cache_.settings_.tag_ttl)) {
        return standing::fresh;
    }
    return failed_standing(entry, could_serve(entry));
}

fact_pursuit::standing fact_pursuit::standing_of(
    const source_entry& entry,
    const policy::signature_source& source
) const {
    if (entry.raw && knows_all(entry, source)) {
        const bool is_whole = std::ranges::all_of(source.keys, [&](const auto& key) {
            return has_match(entry, key->id());
        });
        const auto presence =
            std::min<steady::duration>(fact_cache::presence_life, cache_.settings_.max_stale);
        const bool holds = is_whole && !source.keys.empty() ? now_ - entry.found_at < presence
                                                            : now_ < entry.absence_until;
        if (holds || entry.found_at >= begun_) {
            return standing::fresh;
        }
    } else if (entry.raw && !has_to_ask(entry, source)) {
        return standing::open; // what lies here is to be tried first
    }
    return failed_standing(entry, could_serve(entry, source));
}

bool fact_pursuit::knows_all(const source_entry& entry, const policy::signature_source& source) {
    return std::ranges::all_of(source.keys, [&](const auto& key) {
        return entry.by_key.contains(key->id());
    });
}

/// A key that is new is tried on what is kept; the registry is asked where that is too old.
bool fact_pursuit::has_to_ask(const source_entry& entry, const policy::signature_source& source)
    const {
    if (!entry.raw || knows_all(entry, source)) {
        return true;
    }
    return !entry.failure && now_ - entry.found_at >= fact_cache::presence_life;
}

bool fact_pursuit::could_serve(const tag_entry& entry) const {
    return entry.found && now_ - entry.found_at <= cache_.settings_.max_stale_tag;
}

// An absence is believed for its own time only, never because of an outage.
bool fact_pursuit::could_serve(const source_entry& entry, const policy::signature_source& source)
    const {
    return entry.raw && now_ - entry.found_at <= cache_.settings_.max_stale
           && std::ranges::any_of(source.keys, [&](const auto& key) {
                  return has_match(entry, key->id());
              });
}

void fact_pursuit::want_keys(
    source_entry& entry,
    const std::vector<std::shared_ptr<const policy::public_key>>& keys
) {
    for (const auto& key : keys) {
        const auto is_same = [&](const auto& other) { return other->id() == key->id(); };
        if (std::ranges::none_of(entry.wanted, is_same)) {
            entry.wanted.push_back(key);
        }
    }
}

policy::fetch_failure fact_pursuit::failure_of(const fact_entry& entry) const {
    if (failed_standing(entry, false) == standing::failed) {
        return entry.failure->what;
    }
    const double seconds = std::chrono::duration<double>(now_ - begun_).count();
    return {
        .cause = policy::failure_cause::timeout,
        .detail = fmt::format(
            "the registry did not answer within {:.1f} s; trying again soon may succeed", seconds
        ),
        .host_is_listed = cache_.listed_.contains(entry.host),
    };
}

void fact_pursuit::settle(fact_slot& slot, standing how) {
    slot.is_settled = true;
    fact_counts& counts = cache_.counts_.at(static_cast<std::size_t>(slot.entry->kind));
    counts.misses += slot.has_waited ? 1U : 0U;
    counts.hits += slot.has_waited || how == standing::stale ? 0U : 1U;
    counts.stale += how == standing::stale ? 1U : 0U;
}

void fact_pursuit::note_age(policy::image_evidence& of, tick_time found_at) const {
    const auto age = std::chrono::floor<std::chrono::seconds>(now_ - found_at);
    of.stale = std::max(of.stale.value_or(age), age);
}

} // namespace gatehouse::server
