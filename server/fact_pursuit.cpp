#include "server/fact_pursuit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::server {
namespace {

constexpr std::size_t most_defects = 8;

/// Those of several keys, one behind the other.
policy::signature_facts merged(const facts_by_key& known, const policy::signature_source& source) {
    std::vector<policy::verified_signature> verified;
    std::vector<std::string> defects;
    for (const auto& key : source.keys) {
        const auto at = known.find(key->id());
        if (at == known.end()) {
            continue;
        }
        const key_facts& of_key = at->second;
        verified.insert(verified.end(), of_key.verified.begin(), of_key.verified.end());
        for (const std::string& one : of_key.defects) {
            if (defects.size() < most_defects && std::ranges::find(defects, one) == defects.end()) {
                defects.push_back(one);
            }
        }
    }
    return {.candidates = 0, .verified = std::move(verified), .defects = std::move(defects)};
}

/// What is known of the keys that were asked for, and of no others.
policy::signature_facts facts_of(
    const source_entry& entry,
    const facts_by_key& known,
    const policy::signature_source& source
) {
    policy::signature_facts facts;
    const auto only = source.keys.size() == 1 ? known.find(source.keys[0]->id()) : known.end();
    if (only != known.end()) {
        facts.verified = only->second.verified;
        facts.defects = only->second.defects;
    } else {
        facts = merged(known, source);
    }
    facts.candidates = entry.mark->count;
    return facts;
}

} // namespace

fact_pursuit::fact_pursuit(
    fact_cache& of,
    const std::vector<policy::image_want>& wants,
    tick_time deadline
)
    : cache_(of),
      wants_(&wants),
      begun_(of.with_.time.ticks()),
      deadline_(deadline),
      now_(begun_),
      slots_(wants.size()) {
    found_.images.resize(wants.size());
    for (std::size_t i = 0; i < wants.size(); ++i) {
        found_.images[i].image = wants[i].image.text();
        slots_[i].sources.resize(wants[i].sources.size());
        found_.images[i].sources.reserve(wants[i].sources.size());
        for (const policy::signature_source& source : wants[i].sources) {
            found_.images[i].sources.emplace_back(source.repository, policy::fetch_failure{});
        }
        if (auto own = policy::digest::parse(wants[i].image.digest())) {
            found_.images[i].resolved = std::move(own).value();
            slots_[i].tag.is_settled = true;
        }
    }
}

bool fact_pursuit::advance() {
    now_ = cache_.with_.time.ticks();
    is_open_ = false;
    patient_until_ = tick_time::max();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        advance_image(i);
    }
    return !is_open_;
}

void fact_pursuit::keep_wants() {
    kept_wants_ = *wants_;
    wants_ = &kept_wants_;
}

awaitable<void> fact_pursuit::wait() {
    co_await waiter_->wait(std::min(deadline_, patient_until_));
}

policy::evidence fact_pursuit::take() { return std::move(found_); }

void fact_pursuit::advance_image(std::size_t number) {
    image_slot& slot = slots_[number];
    policy::image_evidence& found = found_.images[number];
    if (!slot.tag.is_settled) {
        if (!slot.tag.entry) {
            slot.tag.entry = cache_.tag_of((*wants_)[number].image);
        }
        auto& entry = static_cast<tag_entry&>(*slot.tag.entry);
        standing how = standing_of(entry);
        if (how == standing::open) {
            how = look(slot.tag, could_serve(entry), true);
        }
        if (how == standing::open) {
            return;
        }
        settle(slot.tag, how);
        if (how == standing::failed) {
            found.resolved = failure_of(entry);
        } else {
            found.resolved = *entry.found;
        }
        if (how == standing::stale) {
            note_age(found, entry.found_at);
        }
        if (how == standing::fresh
            && is_to_be_renewed(entry, entry.found_at, cache_.settings_.tag_ttl)) {
            cache_.begin(slot.tag.entry, deadline_, true);
        }
    }
    if (const auto* failure = std::get_if<policy::fetch_failure>(&found.resolved)) {
        for (auto& [repository, facts] : found.sources) {
            facts = *failure;
        }
        if ((*wants_)[number].user.any()) {
            found.users = *failure;
        }
        return;
    }
    if ((*wants_)[number].user.any()) {
        advance_users(number);
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
    const policy::signature_source& source = (*wants_)[image].sources[number];
    if (!slot.entry) {
        slot.entry = cache_.source_of(source.repository, std::get<policy::digest>(found.resolved));
    }
    const auto entry = std::static_pointer_cast<source_entry>(slot.entry);
    const coverage has = coverage_of(entry, source);
    standing how = standing_of(*entry, has);
    if (how == standing::open) {
        want_keys(*entry, source.keys);
        how = look(slot, could_serve(*entry, has), has_to_ask(*entry, has));
    }
    if (how == standing::open) {
        return;
    }
    settle(slot, how);
    if (how == standing::failed) {
        found.sources[number].second = failure_of(*entry);
        return;
    }
    found.sources[number].second = facts_of(*entry, *has.facts, source);
    if (how == standing::stale) {
        note_age(found, entry->found_at);
    }
    if (how == standing::fresh && has.is_whole
        && is_to_be_renewed(*entry, entry->found_at, presence_life())) {
        want_keys(*entry, source.keys);
        cache_.begin(entry, deadline_, true);
    }
}

fact_pursuit::standing fact_pursuit::look(fact_slot& slot, bool serves, bool must_ask) {
    fact_entry& entry = *slot.entry;
    const bool is_out = serves && must_ask && cache_.is_out(entry.host());
    if (!entry.under_way && (!is_out || cache_.may_probe(entry.host()))) {
        cache_.begin(slot.entry, deadline_, must_ask);
    }
    if (is_out) {
        return standing::stale;
    }
    if (now_ >= deadline_ || !entry.under_way) {
        return serves ? standing::stale : standing::failed;
    }
    const tick_time patient_until =
        std::min(begun_, entry.under_way->begun()) + fact_cache::patience;
    if (serves && now_ >= patient_until) {
        cache_.note_outage(entry.host());
        return standing::stale;
    }
    if (!waiter_) {
        waiter_.emplace(cache_.with_.runs_on);
    }
    waiter_->join(entry.under_way, now_);
    is_open_ = slot.has_waited = true;
    if (serves) {
        patient_until_ = std::min(patient_until_, patient_until);
    }
    return standing::open;
}

bool fact_pursuit::is_to_be_renewed(
    const fact_entry& entry,
    tick_time found_at,
    steady::duration life
) const {
    const bool is_due =
        found_at < begun_
        && std::chrono::duration<double>(now_ - found_at) >= fact_cache::renewed_after * life;
    const bool has_failed = entry.failure && now_ < entry.failure->until;
    return is_due && !has_failed && !entry.under_way && !cache_.is_out(entry.host());
}

steady::duration fact_pursuit::presence_life() const {
    return std::min<steady::duration>(fact_cache::presence_life, cache_.settings_.max_stale);
}

fact_pursuit::standing fact_pursuit::failed_standing(const fact_entry& entry, bool serves) const {
    if (!entry.failure || (now_ >= entry.failure->until && !has_failed_meanwhile(entry))) {
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

fact_pursuit::coverage fact_pursuit::coverage_of(
    const std::shared_ptr<source_entry>& entry,
    const policy::signature_source& source
) const {
    coverage has;
    if (!entry->is_known()) {
        return has;
    }
    has.facts = cache_.facts_of(entry);
    has.has_all = true;
    has.is_whole = !source.keys.empty();
    for (const auto& key : source.keys) {
        const auto at = has.facts->find(key->id());
        const bool is_match = at != has.facts->end() && !at->second.verified.empty();
        has.has_all = has.has_all && at != has.facts->end();
        has.has_match = has.has_match || is_match;
        has.is_whole = has.is_whole && is_match;
    }
    return has;
}

fact_pursuit::standing fact_pursuit::standing_of(const source_entry& entry, const coverage& of)
    const {
    if (of.has_all) {
        const bool holds =
            of.is_whole ? now_ - entry.found_at < presence_life() : now_ < entry.absence_until;
        if (holds || entry.found_at >= begun_) {
            return standing::fresh;
        }
    } else if (entry.is_known() && !has_to_ask(entry, of) && !has_failed_meanwhile(entry)) {
        return standing::open; // what lies here is to be tried first
    }
    return failed_standing(entry, could_serve(entry, of));
}

bool fact_pursuit::has_failed_meanwhile(const fact_entry& entry) const {
    return entry.failure && entry.failure->at >= begun_;
}

/// A key that is new is tried on what is kept; the registry is asked where that is gone or too old.
bool fact_pursuit::has_to_ask(const source_entry& entry, const coverage& of) const {
    if (!entry.kept_candidates || of.has_all) {
        return true;
    }
    return !entry.failure && now_ - entry.found_at >= fact_cache::presence_life;
}

bool fact_pursuit::could_serve(const tag_entry& entry) const {
    return entry.found && now_ - entry.found_at <= cache_.settings_.max_stale_tag;
}

// An absence is believed for its own time only, never because of an outage.
bool fact_pursuit::could_serve(const source_entry& entry, const coverage& of) const {
    return of.has_match && now_ - entry.found_at <= cache_.settings_.max_stale;
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
        .host_is_listed = cache_.listed_.contains(entry.host()),
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
