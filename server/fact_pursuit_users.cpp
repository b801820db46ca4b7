// What one review wants to know of the users of its images: first the platforms of each, then the accounts of
// those whose USER does not tell enough.
#include "server/fact_pursuit.h"

#include <utility>

namespace gatehouse::server {

void fact_pursuit::advance_users(std::size_t image) {
    image_slot& slot = slots_[image];
    policy::image_evidence& found = found_.images[image];
    if (!slot.platforms.is_settled) {
        if (!slot.platforms.entry) {
            slot.platforms.entry = cache_.platforms_of(
                (*wants_)[image].image.name(), std::get<policy::digest>(found.resolved)
            );
        }
        const auto& entry = static_cast<const platforms_entry&>(*slot.platforms.entry);
        standing how = entry.found ? standing::fresh : failed_standing(entry, false);
        if (how == standing::open) {
            how = look(slot.platforms, false, true);
        }
        if (how == standing::open) {
            return;
        }
        settle(slot.platforms, how);
        if (how == standing::failed) {
            found.users = failure_of(entry);
            return;
        }
        found.users = policy::image_user_facts{*entry.found, {}};
        begin_accounts(image);
    }
    for (accounts_slot& one : slot.accounts) {
        if (!one.slot.is_settled) {
            advance_accounts(image, one);
        }
    }
}

void fact_pursuit::begin_accounts(std::size_t image) {
    const policy::user_want& want = (*wants_)[image].user;
    auto& facts = std::get<policy::image_user_facts>(*found_.images[image].users);
    facts.accounts_of.resize(facts.platforms.size());
    for (std::size_t i = 0; i < facts.platforms.size(); ++i) {
        const policy::platform_image& platform = facts.platforms[i];
        if (is_judged(want, platform) && needs_accounts(want, platform.user)) {
            slots_[image].accounts.push_back({i, {}});
        }
    }
}

void fact_pursuit::advance_accounts(std::size_t image, accounts_slot& one) {
    auto& facts = std::get<policy::image_user_facts>(*found_.images[image].users);
    if (!one.slot.entry) {
        one.slot.entry = cache_.accounts_of(
            (*wants_)[image].image.name(), facts.platforms[one.platform].manifest
        );
    }
    const auto& entry = static_cast<const accounts_entry&>(*one.slot.entry);
    standing how = entry.found ? standing::fresh : failed_standing(entry, false);
    if (how == standing::open) {
        how = look(one.slot, false, true);
    }
    if (how == standing::open) {
        return;
    }
    settle(one.slot, how);
    if (how == standing::failed) {
        facts.accounts_of[one.platform] = failure_of(entry);
    } else {
        facts.accounts_of[one.platform] = entry.found;
    }
}

} // namespace gatehouse::server
