#include "server/fact_cache.h"

#include "server/fact_pursuit.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <exception>
#include <utility>

namespace gatehouse::server {
namespace {

constexpr std::chrono::milliseconds tick_length{25};
// Names of registries come from pods, so their number is bounded.
constexpr std::size_t most_outages = 256;

using std::chrono::seconds;

/// How long a failure answers for the registry: a broken answer may be mended soon, and a refused one is
/// rarely mended within seconds. Those of
/// signatures do not outlive the absence of one.
seconds memory_of(policy::failure_cause cause, fact_kind kind) {
    const bool is_content =
        cause == policy::failure_cause::malformed || cause == policy::failure_cause::too_large;
    if (is_content && kind == fact_kind::accounts) {
        return fact_cache::absence_life; // dear to read; but a proxy may have sent it
    }
    switch (cause) {
    case policy::failure_cause::dns:
    case policy::failure_cause::connect:
    case policy::failure_cause::tls_handshake:
    case policy::failure_cause::server_error:
    case policy::failure_cause::timeout:
        return seconds(3);
    case policy::failure_cause::throttled:
        return seconds(5);
    case policy::failure_cause::unauthorized:
    case policy::failure_cause::forbidden:
    case policy::failure_cause::not_found:
    case policy::failure_cause::bad_certificate:
    case policy::failure_cause::malformed:
    case policy::failure_cause::too_large:
    case policy::failure_cause::forbidden_address:
        return seconds(10);
    case policy::failure_cause::too_many_lookups:
        return seconds(0); // ours, and over as soon as another look-up ends
    }
    return seconds(0);
}

awaitable<policy::evidence> pursue(std::unique_ptr<fact_pursuit> self) {
    while (!self->advance()) {
        co_await self->wait();
    }
    co_return self->take();
}

} // namespace

fact_cache::fact_cache(services with)
    : with_(std::move(with)),
      table_(settings_.max_bytes),
      reading_(with_.runs_on, reading_bounds),
      ticker_(with_.runs_on.get_executor()) {}

fact_cache::~fact_cache() = default;

void fact_cache::use(
    std::shared_ptr<evidence_store> store,
    const policy::server_configuration& settings,
    const registry_changes& changes
) {
    store_ = std::move(store);
    settings_ = settings.cache;
    listed_.clear();
    for (const policy::registry_entry& one : settings.registries) {
        listed_.insert(one.host);
    }
    outages_.clear();
    table_.limit(settings_.max_bytes);
    const auto is_removed = [&changes](const fact_entry& entry) {
        return changes.removed.contains(entry.host());
    };
    const auto is_changed = [&](const fact_entry& entry) {
        return changes.all_changed || changes.changed.contains(entry.host()) || is_removed(entry);
    };
    // Under way may also be what the table has let go.
    for (const auto& one : flying_) {
        if (is_changed(*one)) {
            one->under_way->outdate();
        }
    }
    table_.drop_if([&](fact_entry& entry) {
        if (is_removed(entry)) {
            return true;
        }
        if (!is_changed(entry)) {
            return false;
        }
        entry.failure.reset();
        if (entry.kind == fact_kind::tag) {
            return !static_cast<tag_entry&>(entry).found;
        }
        if (entry.kind != fact_kind::signatures) {
            return !static_cast<user_entry&>(entry).is_known();
        }
        auto& source = static_cast<source_entry&>(entry);
        source.absence_until = tick_time::min();
        const bool was_open = source.is_open();
        const bool holds =
            source.is_known() && std::ranges::any_of(*source.open(), [](const auto& one) {
                return !one.second.verified.empty();
            });
        if (!was_open) {
            source.close();
        }
        return !holds;
    });
}

fact_cache::answer fact_cache::ask(
    const std::vector<policy::image_want>& wants,
    tick_time deadline
) {
    auto pursuit = std::make_unique<fact_pursuit>(*this, wants, deadline);
    if (pursuit->advance()) {
        return pursuit->take();
    }
    pursuit->keep_wants();
    return pursue(std::move(pursuit));
}

awaitable<policy::evidence> fact_cache::fetch(
    std::vector<policy::image_want> wants,
    tick_time deadline
) {
    auto pursuit = std::make_unique<fact_pursuit>(*this, wants, deadline);
    pursuit->keep_wants();
    return pursue(std::move(pursuit));
}

std::shared_ptr<tag_entry> fact_cache::tag_of(const policy::reference& image) {
    tag_entry::write_key(key_, image);
    auto entry = table_.find<tag_entry>(key_);
    if (!entry) {
        entry = std::make_shared<tag_entry>(image);
        table_.insert(entry);
    }
    return entry;
}

std::shared_ptr<source_entry> fact_cache::source_of(
    std::string_view repository,
    const policy::digest& image
) {
    source_entry::write_key(key_, repository, image);
    auto entry = table_.find<source_entry>(key_);
    if (!entry) {
        entry = std::make_shared<source_entry>(repository, image);
        table_.insert(entry);
    }
    return entry;
}

std::shared_ptr<platforms_entry> fact_cache::platforms_of(
    std::string_view repository,
    const policy::digest& image
) {
    platforms_entry::write_key(key_, repository, image);
    auto entry = table_.find<platforms_entry>(key_);
    if (!entry) {
        entry = std::make_shared<platforms_entry>(repository, image);
        table_.insert(entry);
    }
    return entry;
}

std::shared_ptr<accounts_entry> fact_cache::accounts_of(
    std::string_view repository,
    const policy::digest& manifest
) {
    accounts_entry::write_key(key_, repository, manifest);
    auto entry = table_.find<accounts_entry>(key_);
    if (!entry) {
        entry = std::make_shared<accounts_entry>(repository, manifest);
        table_.insert(entry);
    }
    return entry;
}

std::shared_ptr<const facts_by_key> fact_cache::facts_of(const std::shared_ptr<source_entry>& source
) {
    if (!source->is_open()) {
        (void)source->open();
        note_opened(source);
        table_.weigh(*source);
    }
    return source->open();
}

// Who is opened takes the place of the one that was opened longest ago.
void fact_cache::note_opened(const std::shared_ptr<source_entry>& source) {
    if (opened_.size() < most_opened) {
        opened_.push_back(source);
        return;
    }
    const auto before = std::exchange(opened_[next_opened_], source).lock();
    next_opened_ = (next_opened_ + 1) % most_opened;
    if (before && before != source) {
        before->close();
        table_.weigh(*before);
    }
}

void fact_cache::begin(const std::shared_ptr<fact_entry>& of, tick_time deadline, bool must_ask) {
    if (is_stopped_ || !store_) {
        return;
    }
    of->under_way = std::make_shared<fact_flight>(with_.time.ticks());
    flying_.push_back(of);
    const tick_time last = deadline + unattended_life;
    auto flight = look_up(of, last, must_ask);
    auto landed = [this, of](const std::exception_ptr& fault) { end(*of, fault); };
    asio::co_spawn(
        with_.runs_on,
        std::move(flight),
        asio::bind_cancellation_slot(of->under_way->slot(), std::move(landed))
    );
    if (!is_ticking_) {
        is_ticking_ = true;
        tick();
    }
}

void fact_cache::end(fact_entry& of, const std::exception_ptr& fault) {
    const auto flight = std::exchange(of.under_way, nullptr);
    if (fault && !flight->is_canceled()) {
        try {
            std::rethrow_exception(fault);
        } catch (const std::exception& error) {
            with_.fault(error.what());
        }
        note_failure(
            of,
            {.cause = policy::failure_cause::malformed,
             .detail = "an internal error ended the lookup; see the log of the admission webhook",
             .host_is_listed = listed_.contains(of.host())}
        );
    }
    if (of.kind == fact_kind::signatures) {
        static_cast<source_entry&>(of).wanted.clear();
    }
    flight->wake_all();
    std::shared_ptr<fact_entry> kept; // until its weight is known, which may end it
    std::erase_if(flying_, [&](const auto& one) {
        if (one.get() != &of) {
            return false;
        }
        kept = one;
        return true;
    });
    table_.weigh(of);
}

void fact_cache::note_failure(fact_entry& of, policy::fetch_failure why) {
    const tick_time now = with_.time.ticks();
    if (policy::is_outage(why.cause)) {
        note_outage(of.host());
    }
    const tick_time until = now + memory_of(why.cause, of.kind);
    of.failure =
        std::make_unique<remembered_failure>(remembered_failure{std::move(why), now, until});
}

void fact_cache::note_success(fact_entry& of) {
    of.failure.reset();
    if (const auto at = outages_.find(of.host()); at != outages_.end()) {
        outages_.erase(at);
    }
}

bool fact_cache::is_out(std::string_view host) const {
    const auto at = outages_.find(host);
    return at != outages_.end() && with_.time.ticks() - at->second.failed < outage_life;
}

bool fact_cache::may_probe(std::string_view host) {
    const tick_time now = with_.time.ticks();
    const auto at = outages_.find(host);
    if (at == outages_.end() || now - at->second.probed < outage_probe) {
        return false;
    }
    at->second.probed = now;
    return true;
}

void fact_cache::note_outage(std::string_view host) {
    const tick_time now = with_.time.ticks();
    if (outages_.size() >= most_outages) {
        std::erase_if(outages_, [now](const auto& one) {
            return now - one.second.failed >= outage_life;
        });
    }
    if (const auto at = outages_.find(host); at != outages_.end()) {
        at->second = {now, now};
    } else if (outages_.size() < most_outages) {
        outages_.emplace(host, outage{now, now});
    }
}

void fact_cache::sweep() {
    const tick_time now = with_.time.ticks();
    // Ending one changes the list.
    const std::vector<std::shared_ptr<fact_entry>> all(flying_.begin(), flying_.end());
    for (const auto& one : all) {
        if (const auto flight = one->under_way) {
            flight->sweep(now, unattended_life);
        }
    }
}

void fact_cache::tick() {
    ticker_.expires_after(tick_length);
    ticker_.async_wait([this](const error_code& canceled) {
        if (canceled || flying_.empty()) {
            is_ticking_ = false;
            return;
        }
        sweep();
        tick();
    });
}

void fact_cache::stop() {
    is_stopped_ = true;
    ticker_.cancel();
    const std::vector<std::shared_ptr<fact_entry>> all(flying_.begin(), flying_.end());
    for (const auto& one : all) {
        if (const auto flight = one->under_way) {
            flight->cancel();
        }
    }
}

fact_figures fact_cache::figures() const { return {counts_, table_.bytes()}; }

} // namespace gatehouse::server
