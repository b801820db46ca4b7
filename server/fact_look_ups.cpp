// The look-ups of the fact cache, one for each kind of fact: asks the store, makes a fact of the answer, and files
// it in the entry that wanted it.
#include "server/fact_cache.h"

#include <fmt/format.h>

#include <utility>

namespace gatehouse::server {
namespace {

constexpr std::size_t most_told_defects = 8;

key_facts try_key(
    const source_entry::candidates& all,
    const policy::public_key& key,
    const policy::digest& image,
    const fact_cache::verifier& verify
) {
    std::vector<policy::verified_signature> verified;
    std::vector<std::string> defects;
    for (const policy::signature_candidate& one : all) {
        policy::signature_outcome outcome = verify(one, key, image);
        switch (outcome.answer) {
        case policy::signature_answer::match:
            // Facts are kept by key and image, so one of others would become one of these.
            if (outcome.fact && outcome.fact->key == key.id() && outcome.fact->subject == image) {
                verified.push_back(*std::move(outcome.fact));
            }
            break;
        case policy::signature_answer::no_match:
            break;
        case policy::signature_answer::malformed:
            if (defects.size() < most_told_defects) {
                defects.push_back(fmt::format("{}: {}", one.where, outcome.reason));
            }
            break;
        }
    }
    return {std::move(verified), std::move(defects)};
}

} // namespace

awaitable<void> fact_cache::look_up(
    const std::shared_ptr<fact_entry>& of,
    tick_time deadline,
    bool must_ask
) {
    switch (of->kind) {
    case fact_kind::tag:
        return look_up_tag(std::static_pointer_cast<tag_entry>(of), deadline);
    case fact_kind::signatures:
        return look_up_signatures(std::static_pointer_cast<source_entry>(of), deadline, must_ask);
    case fact_kind::platforms:
        return look_up_platforms(std::static_pointer_cast<platforms_entry>(of), deadline);
    case fact_kind::accounts:
        break;
    }
    return look_up_accounts(std::static_pointer_cast<accounts_entry>(of), deadline);
}

awaitable<void> fact_cache::look_up_tag(std::shared_ptr<tag_entry> of, tick_time deadline) {
    const auto store = store_;
    auto got = co_await store->resolve(of->image(), deadline);
    if (of->under_way->is_outdated()) {
        co_return;
    }
    if (auto* failure = std::get_if<policy::fetch_failure>(&got)) {
        if (failure->cause == policy::failure_cause::not_found) {
            of->found.reset(); // the tag is gone, which no outage makes undone
        }
        note_failure(*of, std::move(*failure));
        co_return;
    }
    of->found = std::get<policy::digest>(std::move(got));
    of->found_at = with_.time.ticks();
    note_success(*of);
}

// What was had before stays until its successor has been verified. An answer of a store that has been changed
// for this registry meanwhile is not filed: who waits for it asks the new one.
awaitable<void> fact_cache::look_up_signatures(
    std::shared_ptr<source_entry> of,
    tick_time deadline,
    bool must_ask
) {
    const auto store = store_;
    if (!must_ask) {
        co_await verify_kept(of);
        co_return;
    }
    const auto image = of->image();
    auto got = co_await store->candidates(std::string(of->repository()), image, deadline);
    if (of->under_way->is_outdated()) {
        co_return;
    }
    if (auto* failure = std::get_if<policy::fetch_failure>(&got)) {
        note_failure(*of, std::move(*failure));
        co_await verify_kept(of);
        co_return;
    }
    const auto all = std::make_shared<const source_entry::candidates>(
        std::get<source_entry::candidates>(std::move(got))
    );
    const tick_time found_at = with_.time.ticks();
    const auto kept = std::make_shared<const std::string>(packed(*all));
    const auto mark = source_entry::mark_of(*kept, all->size());
    facts_by_key known;
    if (of->mark == mark) {
        known = *of->open();
    }
    auto facts = co_await verify_wanted(of, all, std::move(known));
    if (of->under_way->is_outdated()) {
        co_return;
    }
    of->mark = mark;
    of->kept_candidates = kept;
    of->learn(std::make_shared<const facts_by_key>(std::move(facts)));
    note_opened(of);
    of->found_at = found_at;
    of->absence_until = found_at + absence_life;
    note_success(*of);
}

// One job a key, so that others have their turn in the pool between two.
awaitable<facts_by_key> fact_cache::verify_wanted(
    std::shared_ptr<source_entry> of,
    std::shared_ptr<const source_entry::candidates> all,
    facts_by_key known
) {
    for (std::size_t i = 0; i < of->wanted.size(); ++i) {
        const auto key = of->wanted[i];
        if (known.contains(key->id())) {
            continue;
        }
        auto work = [all, key, image = of->image(), verify = with_.verify] {
            return try_key(*all, *key, image, verify);
        };
        key_facts facts = co_await with_.pool.run(std::move(work));
        known.emplace(key->id(), std::move(facts));
    }
    co_return known;
}

awaitable<void> fact_cache::verify_kept(std::shared_ptr<source_entry> of) {
    if (!of->kept_candidates) {
        co_return;
    }
    const auto all =
        std::make_shared<const source_entry::candidates>(unpacked_candidates(*of->kept_candidates));
    const auto known = of->open();
    auto facts = co_await verify_wanted(of, all, *known);
    of->learn(std::make_shared<const facts_by_key>(std::move(facts)));
    note_opened(of);
}

awaitable<void> fact_cache::look_up_platforms(
    std::shared_ptr<platforms_entry> of,
    tick_time deadline
) {
    const auto store = store_;
    auto got = co_await store->platforms(std::string(of->repository()), of->image(), deadline);
    if (of->under_way->is_outdated()) {
        co_return;
    }
    if (auto* failure = std::get_if<policy::fetch_failure>(&got)) {
        note_failure(*of, std::move(*failure));
        co_return;
    }
    of->found.emplace(std::get<std::vector<policy::platform_image>>(std::move(got)));
    note_success(*of);
}

awaitable<void> fact_cache::look_up_accounts(
    std::shared_ptr<accounts_entry> of,
    tick_time deadline
) {
    const auto store = store_;
    const std::string host(of->host());
    const auto entered = co_await reading_.enter(host, deadline);
    if (entered != conversation_limits::entry::granted) {
        note_failure(
            *of,
            {policy::failure_cause::too_many_lookups,
             "too many images wait to be read already; try again in a few seconds",
             listed_.contains(host)}
        );
        co_return;
    }
    const conversation_limits::place place(reading_, host);
    auto got = co_await store->account_files(std::string(of->repository()), of->image(), deadline);
    if (of->under_way->is_outdated()) {
        co_return;
    }
    if (auto* failure = std::get_if<policy::fetch_failure>(&got)) {
        note_failure(*of, std::move(*failure));
        co_return;
    }
    // Up to 2 MiB, which the loop has no time for.
    auto work = [files = std::get<policy::account_files>(std::move(got))] {
        return std::optional(policy::read_accounts(files));
    };
    auto read = co_await with_.pool.run(std::move(work));
    if (of->under_way->is_outdated()) {
        co_return;
    }
    if (read->has_error()) {
        const auto& why = read->error();
        const auto cause = why.code() == policy::errc::too_large ? policy::failure_cause::too_large
                                                                 : policy::failure_cause::malformed;
        note_failure(
            *of,
            {cause,
             fmt::format("{}: {}", of->repository(), why.detail()),
             listed_.contains(of->host())}
        );
        co_return;
    }
    of->found = std::make_shared<const policy::accounts>(std::move(read->value()));
    note_success(*of);
}

} // namespace gatehouse::server
